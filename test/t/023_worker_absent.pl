# Where nothing can run by itself: on a standby until it is promoted, without
# preloading, and when the server has no background worker left.  Everything
# else works there, and health tells.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = start_node('primary', 'mosaic.naptime' => '1s');
make_set($primary, 'postgres');
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

# A standby
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', 'SELECT count(*) FROM mosaic.worker_status'), '0', 'no process runs on a standby');
is($standby->safe_psql('postgres', q{SELECT severity, code FROM mosaic.worker_issues()}), 'info|standby', 'which is said');
is($standby->safe_psql('postgres', 'SELECT status FROM mosaic.health()'), '0', 'and no fault');
is($standby->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'pg_mosaic%'}), '0', 'the server knows of none either');
$primary->safe_psql('postgres', 'ALTER SYSTEM SET mosaic.enabled = off');
$primary->safe_psql('postgres', 'SELECT pg_reload_conf()');
launcher_rounds($primary);
lose_partition($primary, 'postgres');
$primary->wait_for_catchup($standby);
$primary->stop;
$standby->promote;
has_partition($standby, 'postgres', 'once promoted, it works by itself');
is(issue_codes($standby, 'postgres'), '', 'and has nothing to complain of');
$standby->stop;

# Without preloading
my $node = PostgreSQL::Test::Cluster->new('late');
$node->init;
$node->start;
make_set($node, 'postgres');
lose_partition($node, 'postgres');
is($node->safe_psql('postgres', 'SELECT count(*) FROM mosaic.worker_status'), '0', 'no process runs where the library is not preloaded');
is($node->safe_psql('postgres', q{SELECT severity, code FROM mosaic.worker_issues()}), 'critical|not_preloaded', 'which is an issue');
like($node->safe_psql('postgres', 'SELECT * FROM mosaic.health()'), qr/^2\|CRITICAL - 1 issue; not_preloaded: Nothing runs by itself/, 'and a critical one');
$node->safe_psql('postgres', 'UPDATE mosaic.partition_set SET premake = premake; SELECT mosaic.wake_worker(); CALL mosaic.maintain()');
has_partition($node, 'postgres', 'a call makes the partition');
my (undef, undef, $error) = $node->psql('postgres', q{LOAD 'pg_mosaic'; SET mosaic.max_databases = 50});
like($error, qr/parameter "mosaic.max_databases" cannot be changed now/, 'what sizes shared memory is known but not for a session to change');

# No background worker left
$node->append_conf('postgresql.conf', q{
shared_preload_libraries = 'pg_mosaic'
mosaic.naptime = '1s'
max_worker_processes = 2});
$node->restart;
lose_partition($node, 'postgres');
ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM mosaic.worker_issues() WHERE code = 'no_worker_slots'}), 'when all background workers are taken, that is an issue');
$node->poll_query_until('postgres', "SELECT now() > '" . $node->safe_psql('postgres', 'SELECT now()') . "'::timestamptz + '11 s'") or die 'time stands still';
my $taken = () = slurp_file($node->logfile) =~ /cannot start a process because all background workers are taken/g;
is($taken, 1, 'and one line in the log, however often it is tried');
$node->append_conf('postgresql.conf', 'max_worker_processes = 3');
$node->restart;
has_partition($node, 'postgres', 'with one more, the partition is made');
is(issue_codes($node, 'postgres'), '', 'and all is well');

# More databases than places
$node->append_conf('postgresql.conf', 'mosaic.max_databases = 10');
$node->safe_psql('postgres', "CREATE DATABASE d$_") for 1 .. 10;
$node->restart;
ok($node->poll_query_until('postgres', q{SELECT passes > 0 FROM mosaic.worker_status WHERE kind = 'launcher'}), 'the first of many databases are served');
$node->safe_psql('d10', 'CREATE EXTENSION pg_mosaic');
ok($node->poll_query_until('d10', q{SELECT count(*) = 1 FROM mosaic.worker_issues() WHERE code = 'too_many_databases' AND severity = 'critical'}), 'those beyond mosaic.max_databases know it');
$node->stop;
done_testing();
