# MosaicSession: psql sessions that are at work while the test goes on.
#
# PostgreSQL::Test::BackgroundPsql waits for what it has asked; here are the ways
# not to, in the methods that it has in every release.
package MosaicSession;

use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Utils;

our @EXPORT = qw(begin_statement abandon_session);

# Has a new session begin a statement, and does not wait for its end; yields the
# session and its process.
sub begin_statement
{
	my ($node, $statement, $database) = @_;
	my $session = $node->background_psql($database // 'postgres');
	my $pid = $session->query_safe('SELECT pg_backend_pid()');
	$session->query_until(qr/^begun$/m, "\\echo begun\n$statement;\n");
	return ($session, $pid);
}

# For one whose server process has gone: to bid psql farewell would fail.
sub abandon_session { my ($session) = @_; $session->{run}->kill_kill; return }

1;
