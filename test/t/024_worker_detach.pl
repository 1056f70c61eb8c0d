# DETACH CONCURRENTLY, which only a worker can issue: it waits for old
# transactions without anybody waiting for it, and one that a crash cut off is
# finished by the next pass.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicCrash;
use MosaicSession;
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('detach', 'mosaic.naptime' => '1s');
make_set($node, 'postgres');
$node->safe_psql('postgres', 'INSERT INTO readings VALUES (1), (45)');
$node->safe_psql('postgres', 'CREATE DATABASE elsewhere');
make_set($node, 'elsewhere');

my $pending = q{SELECT count(*) FROM pg_inherits WHERE inhparent = 'readings'::regclass AND inhdetachpending};

watch_detaches($node);

# The oldest partition becomes due to go, and a reader holds the parent while
# it is detached; yields the reader.
sub begin_detach
{
	my ($retention) = @_;
	my $gate = hold_detach($node, "UPDATE mosaic.partition_set SET retention = '$retention' WHERE parent = 'readings'::regclass");
	my $reader = $node->background_psql('postgres');
	$reader->query_safe('BEGIN; SELECT count(*) FROM readings WHERE id = 45');
	$gate->quit;
	ok($node->poll_query_until('postgres', "SELECT ($pending) = 1"), 'a partition is being detached');
	return $reader;
}

my $reader = begin_detach('30');
like($node->safe_psql('postgres', q{SELECT activity FROM mosaic.worker_status WHERE kind = 'maintenance' AND database = 'postgres'}),
	qr/^ALTER TABLE .*readings_p0.* CONCURRENTLY/, 'the worker waits for the reader');
$node->safe_psql('postgres', q{SET statement_timeout = '5s'; INSERT INTO readings VALUES (46); SELECT count(*) FROM readings WHERE id = 46});
pass('and nobody waits for the worker');
lose_partition($node, 'elsewhere');
has_partition($node, 'elsewhere', 'nor does another database');
$reader->query_safe('COMMIT');
ok($node->poll_query_until('postgres', q{SELECT to_regclass('readings_p0') IS NULL}), 'when the reader has ended, the partition goes');
$reader->quit;

# Somebody else is faster
my $gate = hold_detach($node, q{CREATE TABLE readings_p0 PARTITION OF readings FOR VALUES FROM (0) TO (10)});
$node->safe_psql('postgres', 'DROP TABLE readings_p0');
my $passes = $node->safe_psql('postgres', q{SELECT passes FROM mosaic.worker_status WHERE kind = 'launcher'});
$gate->quit;
ok($node->poll_query_until('postgres', qq{SELECT passes > $passes FROM mosaic.worker_status WHERE kind = 'launcher'}), 'a pass goes on when its partition has been dropped');
is($node->safe_psql('postgres', q{SELECT count(*) FROM mosaic.partition_log WHERE outcome = 'failed'}), '0', 'and that is no failure');

# The worker dies while it waits
$reader = begin_detach('20');
my $pass = $node->safe_psql('postgres', q{SELECT pid FROM mosaic.worker_status WHERE kind = 'maintenance' AND database = 'postgres'});
crash_server($node, $pass);
is($node->safe_psql('postgres', $pending), '1', 'after a crash the detach is still pending');
abandon_session($reader);
ok($node->poll_query_until('postgres', q{SELECT to_regclass('readings_p10') IS NULL}), 'and the next pass finishes it');
is($node->safe_psql('postgres', $pending), '0', 'nothing is pending any more');
is($node->safe_psql('postgres', 'SELECT count(*) FROM readings'), '2', 'the rows that are to stay are there');
ok($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM mosaic.issues WHERE severity <> 'info'}), 'and there is no issue left');

$node->stop;
done_testing();
