# MosaicCrash: ends a server's process as a crash would.
#
# The server then ends all its other processes and begins anew.  It is its log
# that says when it has: a psql that asks meanwhile may be turned away before
# it has read its query, and who writes that query dies of the broken pipe.
package MosaicCrash;

use strict;
use warnings;
use Exporter 'import';

our @EXPORT = qw(crash_server);

# By the process with this pid; returns when the server takes connections again.
sub crash_server
{
	my ($node, $pid) = @_;
	my $offset = -s $node->logfile;
	kill 'KILL', $pid;
	$node->wait_for_log(qr/database system is ready to accept connections/, $offset);
	return;
}

1;
