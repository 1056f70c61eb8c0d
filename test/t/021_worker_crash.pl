# Processes die: the launcher, a pass, a session that has nothing to do with
# either.  After each the work goes on by itself; a pass that takes the server
# down with it is not tried again at once.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicCrash;
use MosaicSession;
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('crash', 'mosaic.naptime' => '1s');
make_set($node, 'postgres');

# Ends a process as a crash would; the server then ends all others and starts
# anew.
sub crash
{
	my ($pid, $what) = @_;
	my $before = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
	crash_server($node, $pid);
	pass("$what was killed and the server begins anew");
	is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $before, 'under the same postmaster');
	return;
}

# The launcher crashes
crash(launcher_pid($node), 'the launcher');
lose_partition($node, 'postgres');
has_partition($node, 'postgres', 'partitions are made again after that');

# A session crashes
my $session = $node->background_psql('postgres');
my $pid = $session->query_safe('SELECT pg_backend_pid()');
crash($pid, 'a session');
abandon_session($session);
lose_partition($node, 'postgres');
has_partition($node, 'postgres', 'and after that');

# The launcher is ended by an administrator
my $launcher = launcher_pid($node);
$node->safe_psql('postgres', "SELECT pg_terminate_backend($launcher)");
ok($node->poll_query_until('postgres', q{SELECT string_agg(code, ',') = 'launcher_missing' FROM mosaic.worker_issues()}), 'its absence is an issue');
lose_partition($node, 'postgres');
has_partition($node, 'postgres', 'it comes back by itself and has work done');
isnt(launcher_pid($node), $launcher, 'as another process');

# ... while a pass is at work, which goes on
hold_passes($node, 'postgres');
lose_partition($node, 'postgres');
my $pass = running_pass($node, 'postgres');
$launcher = launcher_pid($node);
$node->safe_psql('postgres', "SELECT pg_terminate_backend($launcher)");
$node->poll_query_until('postgres', qq{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'pg_mosaic launcher' AND pid <> $launcher}) or die 'no new launcher';
launcher_rounds($node);
is($node->safe_psql('postgres', q{SELECT string_agg(kind || CASE kind WHEN 'maintenance' THEN pid END, ',') FROM mosaic.worker_status WHERE kind = 'maintenance'}),
	"maintenance$pass", 'a new launcher lets the running pass finish and starts no second one');

# A pass is ended by an administrator
$node->safe_psql('postgres', "SELECT pg_terminate_backend($pass)");
ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM mosaic.worker_issues() WHERE code = 'pass_failing' AND severity = 'warning' AND detail LIKE '%once%'}),
	'a pass that was ended is an issue');
$pass = running_pass($node, 'postgres');

# A pass crashes
crash($pass, 'a pass');
is($node->safe_psql('postgres', q{SELECT severity FROM mosaic.worker_issues() WHERE code = 'pass_crashed'}), 'critical', 'a pass that took the server down is an issue');
launcher_rounds($node);
is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.worker_status WHERE kind = 'maintenance'}), '0', 'and is not tried again at once');
$node->safe_psql('postgres', q{UPDATE mosaic.partition_set SET premake = premake});
launcher_rounds($node);
is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.worker_status WHERE kind = 'maintenance'}), '0', 'not even for a change of a set');
release_passes($node, 'postgres');
has_partition($node, 'postgres', 'but it is later');
is(issue_codes($node, 'postgres'), '', 'and then all is well');
is(join(',', glob($node->data_dir . '/pg_stat_tmp/pg_mosaic*')), '', 'no mark of a pass is left');

$node->stop;
done_testing();
