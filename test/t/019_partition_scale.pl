# Ten thousand partitions in a set, and a thousand sets, with the lock table
# that a server comes with.
#
# The server reads all bounds of a parent again for each partition that it is
# given, so ten thousand of one parent take it minutes; here they are below a
# hundred parents.  The benchmarks have them flat.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('scale', 'mosaic.enabled' => 'off', fsync => 'off', autovacuum => 'off');
$node->safe_psql('postgres', 'CREATE EXTENSION pg_mosaic');

sub value { return $node->safe_psql('postgres', $_[0]); }

# Growth of a session's memory over as many rounds as it had to warm up.
sub growth
{
	my ($statements, $rounds) = @_;
	my $half = $statements x $rounds . "SELECT 'contexts', sum(total_bytes) FROM pg_backend_memory_contexts;\n";
	my ($before, $after) = value($half . $half) =~ /^contexts\|(\d+)$/mg;
	return $after - $before;
}

# --- a hundred days of a hundred partitions each ---

value(q{
	CREATE TABLE events (at timestamptz NOT NULL, tenant integer NOT NULL) PARTITION BY RANGE (at);
	SELECT mosaic.create_parent('events', '1 day', premake => 0, time_zone => 'UTC', start_at => (date_trunc('day', now(), 'UTC') - interval '10 days')::text);
	SELECT mosaic.create_sub_parent('events', 'HASH (tenant)', modulus => 100);
	DELETE FROM mosaic.partition_log;
	UPDATE mosaic.partition_set SET premake = 89});
my $before = value(q{SELECT count(*) FROM mosaic.partitions('events') WHERE kind = 'range'});
value(q{CALL mosaic.maintain('events')});
is(value(q{SELECT count(*) FROM mosaic.partition_failure}), '0', 'no pass over ten thousand partitions failed');
is(value(q{SELECT kind, count(*) FROM mosaic.partition_bounds('events') GROUP BY 1 ORDER BY 1}),
	'hash|' . 100 * ($before + 89) . "\nrange|" . ($before + 89), 'every day has its hundred partitions');
is(value(q{SELECT count(*), count(DISTINCT xmin::text) FROM mosaic.partition_log WHERE action = 'create' AND outcome = 'done'}), '89|89', 'a day a transaction');
is(value(q{SELECT reltuples FROM pg_class WHERE oid = 'events'::regclass}), '-1', 'nobody analysed more tables than the lock table can spare');

is(value(q{CALL mosaic.maintain('events'); SELECT count(*) FROM mosaic.partition_log}), '89', 'an idle pass does nothing');
is(value(q{SELECT count(*) FROM mosaic.plan()}), '0', 'nor is anything planned');
is(value(q{SELECT string_agg(code, ' ' ORDER BY code) FROM mosaic.issues WHERE set IS NOT NULL AND severity <> 'info'}), 'lock_table_headroom too_many_partitions',
	'nor wrong, but for their number');
is(value(q{SELECT partitions, expired_waiting FROM mosaic.partition_status}), $before + 89 . '|0', 'partition_status');
is(value(q{SELECT count(*), count(bytes) FROM mosaic.partitions('events') WHERE kind = 'hash'}), 100 * ($before + 89) . '|' . 100 * ($before + 89), 'partitions');
is(value(q{
	WITH i AS (INSERT INTO events SELECT now() + interval '1 day' * n, n FROM generate_series(0, 60, 7) n RETURNING at, tenant, tableoid)
	SELECT count(*), count(*) FILTER (WHERE mosaic.partition_for('events', at, tenant) IS DISTINCT FROM tableoid::regclass) FROM i}),
	'9|0', 'routing finds what the server finds');

my $grown = growth("CALL mosaic.maintain();\nSELECT count(*) FROM mosaic.run_maintenance();\n", 100);
cmp_ok($grown, '<=', 8 * 8192, 'two hundred idle passes leave nothing in memory');

value(q{INSERT INTO events SELECT now() - interval '2 days', 1; UPDATE mosaic.partition_set SET retention = '1 day' WHERE parent = 'events'::regclass});
my $expired = value(q{SELECT count(*) FROM mosaic.plan() WHERE action = 'drop'});
cmp_ok($expired, '>', 0, 'some have expired');
value(q{CALL mosaic.maintain('events')});
is(value(q{SELECT count(*) FROM mosaic.partition_log WHERE action = 'drop' AND outcome = 'done'}), $expired, 'and are retired');
is(value(q{SELECT count(*) FROM mosaic.partition_bounds('events') WHERE kind = 'range'}), $before + 89 - $expired, 'with what was below them');
value(q{SELECT mosaic.drop_parent('events')});
is(value(q{SELECT count(*) FROM mosaic.partition_set}), '0', 'drop_parent forgets the set');
is(value(q{SELECT count(*) FROM mosaic.partition_bounds('events') WHERE kind = 'range'}), $before + 89 - $expired, 'and keeps its partitions');

# --- partitions ahead of a numeric key's rows ---

value(q{
	CREATE TABLE ids (id bigint NOT NULL) PARTITION BY RANGE (id);
	SELECT count(*) FROM mosaic.create_parent('ids', '10', premake => 400)});
is(value(q{
	BEGIN;
	DO $$ BEGIN PERFORM mosaic.run_maintenance('ids'); END $$;
	SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() AND c.relname LIKE 'ids_p%'}),
	'0', 'partitions without rows are not kept locked for a look at their largest key');
# A long CALL forgets each step: with what the server leaves behind when it
# reads hundreds of bounds, hundreds of times, it would take gigabytes.
SKIP: {
	skip 'no /proc', 2 unless -r '/proc/self/status';
	my $peak = q{SELECT 'peak', (regexp_match(pg_read_file('/proc/self/status'), 'VmHWM:\s+(\d+)'))[1]::bigint / 1024;};
	my ($first, $last) = value(qq{
		CALL mosaic.maintain('ids');
		$peak
		UPDATE mosaic.partition_set SET premake = 600 WHERE parent = 'ids'::regclass;
		CALL mosaic.maintain('ids');
		$peak}) =~ /^peak\|(\d+)$/mg;
	is(value(q{SELECT count(*) FROM mosaic.partition_bounds('ids')}), '601', 'two hundred more in one CALL');
	cmp_ok($last - $first, '<=', 32, 'which took no more than megabytes');
}
value(q{INSERT INTO ids VALUES (25)});
is(value(q{SELECT count(*) FROM mosaic.run_maintenance('ids')}), '2', 'the row among them is found');
value(q{UPDATE mosaic.partition_set SET premake = 601; CALL mosaic.maintain('ids')});
is(value(q{SELECT reltuples FROM pg_class WHERE oid = 'ids'::regclass}), '1', 'a parent of hundreds of partitions is analysed');
value(q{SELECT mosaic.drop_parent('ids')});

# --- a thousand sets ---

for my $hundred (0 .. 9)
{
	value(qq{
		DO \$\$ BEGIN
			FOR n IN $hundred * 100 + 1 .. $hundred * 100 + 100 LOOP
				EXECUTE format('CREATE TABLE s%s (at timestamptz NOT NULL) PARTITION BY RANGE (at)', n);
				PERFORM mosaic.create_parent(format('s%s', n)::regclass, '1 day', premake => 1, time_zone => 'UTC');
			END LOOP;
		END \$\$});
}
value(q{DELETE FROM mosaic.partition_log; CALL mosaic.maintain()});
is(value(q{SELECT count(*) FROM mosaic.partition_log}), '0', 'a thousand sets have nothing to do');
value(q{
	UPDATE mosaic.partition_set SET premake = 2 WHERE parent::text LIKE 's%5';
	CALL mosaic.maintain()});
is(value(q{SELECT count(*), count(DISTINCT parent), count(DISTINCT xmin::text) FROM mosaic.partition_log WHERE outcome = 'done'}), '100|100|100',
	'a hundred of them get a partition, each in a transaction of its own');
is(value(q{SELECT count(*), sum(partitions), count(last_error) FROM mosaic.partition_status}), '1000|2100|0', 'all stand well');
is(value(q{SELECT count(*) FROM mosaic.run_maintenance()}), '0', 'one transaction can look at them all');
$grown = growth("CALL mosaic.maintain();\nSELECT count(*) FROM mosaic.run_maintenance();\n", 5);
cmp_ok($grown, '<=', 8 * 8192, 'passes over a thousand sets leave nothing in memory');

$node->stop;
done_testing();
