# MosaicCrash: ends a server's process as a crash would.
#
# The server then ends all its other processes and begins anew.  It is its log
# that says when it has: a psql that asks meanwhile may be turned away before
# it has read its query, and who writes that query dies of the broken pipe.
package MosaicCrash;

use strict;
use warnings;
use Exporter 'import';
use MosaicSession;

our @EXPORT = qw(crash_server crash_in_the_middle_of);

# By the process with this pid; returns when the server takes connections again.
sub crash_server
{
	my ($node, $pid) = @_;
	my $offset = -s $node->logfile;
	kill 'KILL', $pid;
	$node->wait_for_log(qr/database system is ready to accept connections/, $offset);
	return;
}

# Runs a statement in a session of its own until something that the test has put
# in its way sleeps, and crashes it there.
sub crash_in_the_middle_of
{
	my ($node, $statement, $where) = @_;
	my ($session, $pid) = begin_statement($node, $statement);
	$node->poll_query_until('postgres', "SELECT wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = $pid") or die "nothing is held at $where";
	crash_server($node, $pid);
	abandon_session($session);
	return;
}

1;
