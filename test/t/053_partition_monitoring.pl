# Views for monitoring: to whom they answer, on a standby too, and when a set
# is broken; the issues that only a whole server shows; the files in
# examples/monitoring.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = start_node('primary', 'mosaic.enabled' => 'off', max_locks_per_transaction => 10, max_connections => 20, autovacuum => 'off');
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

$primary->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE ROLE observer LOGIN IN ROLE pg_monitor;
	CREATE ROLE stranger LOGIN;
	CREATE TABLE orders (id bigint, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	SELECT count(*) FROM mosaic.create_parent('orders', '1 day', start_at => (current_date - 3)::text, retention => '2 days');
	CREATE TABLE gone (id integer NOT NULL) PARTITION BY RANGE (id);
	SELECT count(*) FROM mosaic.create_parent('gone', '10');
	DROP TABLE gone;
	CREATE TABLE readings (id integer PRIMARY KEY) PARTITION BY RANGE (id);
	SELECT count(*) FROM mosaic.create_parent('readings', '10', default_partition => true);
	INSERT INTO readings VALUES (1), (777);
	CREATE TABLE damaged (id integer PRIMARY KEY) PARTITION BY RANGE (id);
	SELECT count(*) FROM mosaic.create_parent('damaged', '10');
	INSERT INTO damaged VALUES (1);
	SELECT mosaic.shard_map_create('users', shards => 2);
	SELECT mosaic.watch('orders')});
my $file = $primary->safe_psql('postgres', q{SELECT pg_relation_filepath('damaged_p0_pkey')});

# Everything that monitoring reads
my @readings = ('SELECT * FROM mosaic.metrics', 'SELECT * FROM mosaic.issues', 'SELECT * FROM mosaic.partition_status', 'SELECT * FROM mosaic.partition_log',
	'SELECT * FROM mosaic.partition_failure', 'SELECT * FROM mosaic.worker_status', 'SELECT * FROM mosaic.health()', 'SELECT * FROM mosaic.invalidation_status()',
	'SELECT * FROM mosaic.shard_problems()', 'SELECT * FROM mosaic.set_relations()', q{SELECT * FROM mosaic.partitions('orders')});

sub reads_all
{
	my ($node, $where) = @_;
	for my $reading (@readings)
	{
		my ($status, $rows, $stderr) = $node->psql('postgres', $reading, extra_params => [ '-U', 'observer' ]);
		is($status . $stderr, '0', "pg_monitor reads on $where: $reading");
	}
	return;
}

my $sets_in_metrics = q{SELECT string_agg(DISTINCT labels ->> 'set', ' ' ORDER BY labels ->> 'set') FROM mosaic.metrics WHERE labels ->> 'set' ~ '\D'};
sub as { my ($node, $role, $sql) = @_; return $node->safe_psql('postgres', $sql, extra_params => [ '-U', $role ]) }

reads_all($primary, 'the primary');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
reads_all($standby, 'a standby');
is(as($primary, 'observer', $sets_in_metrics), 'public.damaged public.orders public.readings', 'pg_monitor sees every set');
is(as($standby, 'observer', $sets_in_metrics), 'public.damaged public.orders public.readings', 'on a standby as well');
is(as($primary, 'stranger', "SELECT count(*) FROM mosaic.metrics WHERE labels ? 'set'"), '0', 'others see none that they do not own');
is(as($primary, 'stranger', 'SELECT count(*) FROM mosaic.issues WHERE set IS NOT NULL'), '0', 'nor its issues');
is(as($standby, 'observer', q{SELECT value FROM mosaic.metrics WHERE name = 'mosaic_in_recovery'}), '1', 'a standby says that it is one');

# A set whose parent is gone, and one whose newest partition cannot be read
$primary->stop;
unlink $primary->data_dir . "/$file" or die "$file: $!";
$primary->start;
my $broken = q{SELECT string_agg(code || ' ' || COALESCE(set::text, ''), ', ' ORDER BY code) FROM mosaic.issues WHERE code IN ('parent_missing', 'set_invalid')};
like(as($primary, 'observer', $broken), qr/^parent_missing \d+, set_invalid damaged$/, 'broken sets are issues');
is(as($primary, 'observer', q{SELECT string_agg(labels ->> 'set', ' ') FROM mosaic.metrics WHERE name = 'mosaic_set_valid' AND value = 0 AND labels ->> 'set' ~ '\D'}),
	'public.damaged', 'and not valid');
is(as($primary, 'observer', q{SELECT value FROM mosaic.metrics WHERE name = 'mosaic_set_partitions' AND labels ->> 'set' = 'public.orders'}), '8', 'the others have their figures');
reads_all($primary, 'the primary, with broken sets');
like(as($primary, 'observer', 'SELECT status FROM mosaic.health()'), qr/^2$/, 'health is critical');

# What maintenance does is counted, and stays counted when the log is emptied
my $drops = q{SELECT COALESCE(sum(value), 0) FROM mosaic.metrics WHERE name = 'mosaic_actions_total' AND labels = '{"action": "drop", "outcome": "done"}'};
is($primary->safe_psql('postgres', $drops), '0', 'nothing was dropped since the start');
$primary->safe_psql('postgres', q{SELECT count(*) FROM mosaic.run_maintenance('orders')});
is($primary->safe_psql('postgres', $drops), '1', 'a drop is counted');
$primary->safe_psql('postgres', 'DELETE FROM mosaic.partition_log');
is($primary->safe_psql('postgres', $drops), '1', 'with or without the log');
cmp_ok($primary->safe_psql('postgres', q{SELECT value FROM mosaic.metrics WHERE name = 'mosaic_lock_tries_total'}), '>=', 1, 'and so are its locks');

# Issues of shape and size
sub codes { return $primary->safe_psql('postgres', qq{SELECT string_agg(DISTINCT code || COALESCE(' ' || object, ''), ', ') FROM mosaic.issues WHERE set = '$_[0]'::regclass}) }
is(codes('readings'), 'key_beyond_coverage public.readings_default, rows_in_default public.readings_default', 'a key that jumped ahead');
$primary->safe_psql('postgres', q{
	CREATE TABLE readings_p990 (LIKE readings);
	CREATE TABLE readings_attic (LIKE readings);
	INSERT INTO orders SELECT n, current_date FROM generate_series(1, 20000) n;
	VACUUM ANALYZE readings; VACUUM (ANALYZE) orders;
	CREATE TABLE legacy (at date NOT NULL) PARTITION BY RANGE (at);
	SELECT count(*) FROM mosaic.create_parent('legacy', '1 day', retention => '10 days', start_at => (current_date + 1)::text);
	CREATE TABLE before_us PARTITION OF legacy FOR VALUES FROM (MINVALUE) TO (current_date + 1);
	CREATE TABLE tree (id integer NOT NULL) PARTITION BY LIST (id);
	SELECT count(*) FROM mosaic.create_parent('tree', lists => '{"one": [1]}');
	CREATE TABLE tree_two PARTITION OF tree FOR VALUES IN (2) PARTITION BY RANGE (id);
	CREATE TABLE wide (id integer PRIMARY KEY) PARTITION BY RANGE (id)});
like(codes('readings'), qr/orphan_table public\.readings_p990/, 'a table that looks like a partition');
unlike(codes('readings'), qr/attic/, 'and one that does not');
is(codes('legacy'), 'legacy_partition public.before_us', 'an old partition that retention cannot reach');
is(codes('tree'), 'unmanaged_partition public.tree_two', 'a partition partitioned by somebody else');
is($primary->safe_psql('postgres', q{SELECT count(*) FROM mosaic.issues WHERE code = 'parent_never_analysed'}), '0', 'parents that were analysed, or are small');
$primary->safe_psql('postgres', q{
	CREATE TABLE unread (id integer NOT NULL) PARTITION BY RANGE (id);
	SELECT count(*) FROM mosaic.create_parent('unread', '100000');
	INSERT INTO unread SELECT generate_series(1, 20000);
	ANALYZE unread_p0});
is(codes('unread'), 'parent_never_analysed', 'a parent that nobody has analysed');
$primary->safe_psql('postgres', 'ANALYZE unread');
is(codes('unread'), '', 'until somebody does');
for my $batch (0 .. 15)
{
	$primary->safe_psql('postgres', "SELECT count(*) FROM mosaic.create_parent('wide', '10', premake => 9)") unless $batch;
	$primary->safe_psql('postgres', "INSERT INTO wide VALUES (" . (90 * $batch + 5) . "); SELECT count(*) FROM mosaic.run_maintenance('wide')");
}
like(codes('wide'), qr/^lock_table_headroom$/, 'a set that the lock table has hardly room for');

# examples/monitoring: every query runs, as pg_monitor, on both
my $examples = "$FindBin::RealBin/../../examples/monitoring";
my $yaml = slurp_file("$examples/postgres_exporter.yaml");
my %queries = $yaml =~ /^(\w+):\n  query: \|\n((?:    .*\n)+)/mg;
my %described = $yaml =~ /^(\w+):\n(?:  query: .*\n|    \w.*\n|      .*\n)+  metrics:\n((?:    - .*\n)+)/mg;
cmp_ok(scalar(keys %queries), '>', 5, 'postgres_exporter.yaml has queries');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
my %exported;
for my $name (sort keys %queries)
{
	for my $node ($primary, $standby)
	{
		my ($status, $header, $stderr) = $node->psql('postgres', "\\pset tuples_only off\n$queries{$name}", extra_params => [ '-U', 'observer' ]);
		is($status . $stderr, '0', "query $name on the " . $node->name);
		$exported{"${name}_$_"} = 1 for split /\|/, (split /\n/, $header)[0];
		is(join(' ', sort(split /\|/, (split /\n/, $header)[0])), join(' ', sort($described{$name} =~ /^    - (\w+): \{usage: /mg)), 'whose columns are described');
	}
}
# Names that the view has and the exporter, and those that the dashboard and
# the alerts ask for
my @names = split /\n/, $primary->safe_psql('postgres', q{SELECT DISTINCT name FROM mosaic.metrics});
is_deeply([ grep { !$exported{$_} } @names ], [], 'the exporter has every metric of the view');
my %asked = map { $_ => 1 } map { slurp_file("$examples/$_") =~ /\b(mosaic_\w+)\b/g } qw(grafana.json alerts.yaml);
cmp_ok(scalar(keys %asked), '>', 20, 'dashboard and alerts ask for metrics');
is_deeply([ grep { !$exported{$_} } sort keys %asked ], [], 'and all of them exist');

$standby->stop;
$primary->stop;
done_testing();
