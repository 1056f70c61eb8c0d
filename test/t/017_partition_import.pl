# Sets that pg_partman has made, filled and maintained, of whatever version the
# machine has a package: imported where they are, nothing lost, nothing doubled,
# nothing retired that pg_partman would have kept.
# wants: partman
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('main', 'mosaic.enabled' => 'off', max_locks_per_transaction => 512, timezone => 'Europe/Berlin');
my $version = $node->safe_psql('postgres', q{SELECT default_version FROM pg_available_extensions WHERE name = 'pg_partman'});
if ($version !~ /^[45]\./)
{
	$node->stop;
	plan skip_all => 'the package postgresql-NN-partman, with version 4 or 5 of pg_partman, is not installed';
}
note("pg_partman $version");
my $four = $version =~ /^4/;

sub sql { return $node->safe_psql('postgres', "SET client_min_messages = error;\n" . join(";\n", @_)) }

# A set of pg_partman: table, columns, control column, interval, further arguments.
sub partman_set
{
	my ($table, $columns, $control, $interval, %more) = @_;
	my $zone = delete $more{zone} // 'Europe/Berlin';
	my %arguments = (p_parent_table => "app.$table", p_control => $control, p_interval => $interval, ($four ? (p_type => 'native') : ()), %more);
	my $list = join ', ', map { "$_ => '$arguments{$_}'" } sort keys %arguments;
	sql("SET timezone = '$zone'", "CREATE TABLE app.$table ($columns) PARTITION BY RANGE ($control)", "SELECT partman.create_parent($list)");
	return;
}

sql('CREATE SCHEMA partman', 'CREATE EXTENSION pg_partman SCHEMA partman', 'CREATE EXTENSION pg_mosaic', 'CREATE SCHEMA app', 'CREATE SCHEMA attic');
partman_set('daily', 'at timestamptz NOT NULL, id bigint, PRIMARY KEY (at, id)', 'at', '1 day', p_premake => 4);
partman_set('utc', 'at timestamptz NOT NULL, id bigint', 'at', '1 day', p_premake => 3, zone => 'UTC');
partman_set('weekly', 'at timestamptz NOT NULL, id bigint', 'at', '1 week', p_premake => 3);
partman_set('monthly', 'at timestamp NOT NULL, id bigint', 'at', '1 month', p_premake => 5);
partman_set('quarters', 'at date NOT NULL, id bigint', 'at', '3 months', p_premake => 2);
partman_set('halves', 'at timestamptz NOT NULL, id bigint', 'at', '30 minutes', p_premake => 6);
partman_set('ids', 'id bigint NOT NULL, at timestamptz', 'id', '10', p_premake => 3);
partman_set('big', 'id bigint NOT NULL, at timestamptz', 'id', '10', p_start_partition => '3000000000');
partman_set('epoch', 'ms bigint NOT NULL, id bigint', 'ms', '1 day', p_epoch => 'milliseconds');
partman_set('deep', 'id bigint NOT NULL, at timestamptz NOT NULL', 'id', '10', p_premake => 2);
sql(q{SELECT partman.create_sub_parent(p_top_parent => 'app.deep', p_control => 'at', p_interval => '1 day', p_premake => 2, }
	  . ($four ? q{p_type => 'native', p_native_check => 'yes')} : q{p_declarative_check => 'yes')}));

# Rows from four intervals ago to two ahead, as far as there are partitions,
# and some that only the default takes.
sql(q{INSERT INTO app.daily SELECT now() + n * interval '1 day', n FROM generate_series(-4, 2) n},
	q{INSERT INTO app.utc SELECT now() + n * interval '1 day', n FROM generate_series(-3, 2) n},
	q{INSERT INTO app.weekly SELECT now() + n * interval '1 week', n FROM generate_series(-3, 0) n},
	q{INSERT INTO app.monthly SELECT now() - n * interval '1 month', n FROM generate_series(0, 4) n},
	q{INSERT INTO app.quarters SELECT now() - n * interval '3 months', n FROM generate_series(0, 2) n},
	q{INSERT INTO app.halves SELECT now() + n * interval '30 minutes', n FROM generate_series(-5, 1) n},
	q{INSERT INTO app.ids SELECT generate_series(1, 26)},
	q{INSERT INTO app.big SELECT generate_series(3000000001, 3000000023)},
	q{INSERT INTO app.epoch SELECT extract(epoch FROM now() + n * interval '1 day')::bigint * 1000, n FROM generate_series(-3, 1) n},
	q{INSERT INTO app.deep SELECT n, now() FROM generate_series(1, 15) n},
	q{INSERT INTO app.daily VALUES (now() + interval '60 days', 60)},
	q{INSERT INTO app.ids VALUES (500000)});
# Retention of every kind, and off for one.
sql(q{UPDATE partman.part_config SET retention = '2 days', retention_keep_table = false WHERE parent_table = 'app.daily'},
	q{UPDATE partman.part_config SET retention = '1 day', retention_keep_table = true WHERE parent_table = 'app.utc'},
	q{UPDATE partman.part_config SET retention = '10 days', retention_schema = 'attic' WHERE parent_table = 'app.weekly'},
	q{UPDATE partman.part_config SET retention = '10', retention_keep_table = false WHERE parent_table = 'app.ids'},
	q{UPDATE partman.part_config SET retention = '36 hours', retention_keep_table = false WHERE parent_table = 'app.epoch'},
	q{UPDATE partman.part_config SET infinite_time_partitions = true WHERE parent_table = 'app.monthly'},
	q{UPDATE partman.part_config SET automatic_maintenance = 'off' WHERE parent_table = 'app.quarters'});
sql(q{CREATE TABLE app.old (at timestamptz NOT NULL)}, q{SELECT partman.create_parent('app.old', 'at', 'partman', 'daily')}) if $four;
sql(q{SELECT partman.run_maintenance('app.big')});

my $partitions = q{SELECT c.oid, c.oid::regclass, pg_get_expr(c.relpartbound, c.oid), pg_relation_filenode(c.oid) FROM pg_class c
	WHERE c.relnamespace IN ('app'::regnamespace, 'attic'::regnamespace) ORDER BY c.oid};
my $rows = join ' UNION ALL ', map { "SELECT '$_', count(*) FROM app.$_" } qw(daily utc weekly monthly quarters halves ids big epoch deep);
my $before = sql($partitions);
my $rows_before = sql($rows);

# What pg_partman would retire now; its maintenance as a whole stops at the row
# in the default partition.
my %partman_retires = map { $_ => 1 } split /\n/, sql('BEGIN', 'CREATE TEMP TABLE was AS SELECT inhrelid AS partition FROM pg_inherits',
	q{DO $$ BEGIN
		PERFORM partman.drop_partition_time(parent_table) FROM partman.part_config WHERE parent_table IN ('app.daily', 'app.utc', 'app.weekly', 'app.epoch');
		PERFORM partman.drop_partition_id('app.ids');
	END $$},
	q{SELECT partition FROM was WHERE partition NOT IN (SELECT inhrelid FROM pg_inherits)}, 'ROLLBACK');

# Imported, with pg_partman out of it from then on
my $report = sql(q{SELECT parent, setting, value, outcome FROM mosaic.import_partman(disable => true) ORDER BY parent::text, setting});
my @lines = split /\n/, $report;
is(scalar(grep { /\|parent_table\|app\.\w+\|taken over$/ } @lines), 10, 'ten sets are imported');
is_deeply([ grep { /refused/ } @lines ], [ $four ? 'app.old|parent_table|app.old|refused' : () ], 'and nothing refused but what is no partitioned table');
is(sql($partitions), $before, 'no table was made, renamed, moved or changed');
is(sql(q{SELECT parent, partition_interval, premake, key_format, time_zone, retention, retention_action, create_paused FROM mosaic.partition_set ORDER BY parent::text}),
	join("\n",
		'app.big|10|4|native|Europe/Berlin||detach|f',
		'app.daily|1 day|4|native|Europe/Berlin|2 days|drop|f',
		'app.deep|10|2|native|Europe/Berlin||detach|f',
		'app.epoch|1 day|4|epoch_ms|Europe/Berlin|36 hours|drop|f',
		'app.halves|00:30:00|6|native|Europe/Berlin||detach|f',
		'app.ids|10|3|native|Europe/Berlin|10|drop|f',
		'app.monthly|1 mon|5|native|Europe/Berlin||detach|f',
		'app.quarters|3 mons|2|native|Europe/Berlin||detach|t',
		'app.utc|1 day|3|native|UTC|1 day|detach|f',
		'app.weekly|7 days|3|native|Europe/Berlin|10 days|move|f'),
	'the settings are those of pg_partman, the zones those that the bounds show');
is(sql(q{SELECT parent, level, partition_by, partition_interval, premake FROM mosaic.partition_level}), 'app.deep|2|RANGE (at)|1 day|2', 'and so is the level');
is(sql(q{SELECT count(*) FROM partman.part_config WHERE automatic_maintenance = 'on' AND parent_table <> 'app.old'}), '0', 'pg_partman leaves them alone');

# The plan
my @ours = split /\n/, sql(q{SELECT p.partition::regclass::oid FROM mosaic.plan() p WHERE p.action IN ('drop', 'detach', 'move')});
cmp_ok(scalar(@ours), '>', 4, 'the plan retires partitions');
is_deeply([ grep { !$partman_retires{$_} } @ours ], [], 'and none that pg_partman would have kept');
is(sql(q{SELECT count(*) FROM mosaic.plan() WHERE action = 'create_default'}), '0', 'no default partition is doubled');
is(sql(q{SELECT string_agg(severity || ' ' || code || ' ' || COALESCE(set::text, ''), ', ' ORDER BY code, set::text)
	FROM mosaic.issues WHERE set IS NOT NULL AND severity <> 'info' AND code <> 'coverage_short'}),
	'warning rows_in_default app.daily, warning rows_in_default app.ids', 'the issues are those that the sets had before');

# Maintained: whatever is planned is done, in bounds that touch those before
is(sql(q{SELECT count(*) FROM mosaic.run_maintenance() WHERE outcome <> 'done'}), '0', 'a pass does all of it');
is(sql(q{SELECT count(*) FROM mosaic.plan()}), '0', 'and then nothing is due');
my $odd = q{SELECT p.* FROM mosaic.partition_set s, LATERAL (
	SELECT s.parent, b.partition, b.lower_bound, lag(b.upper_bound) OVER () AS before FROM mosaic.partition_bounds(s.parent) b
	WHERE b.kind = 'range' AND (SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = b.partition) = s.parent) p WHERE p.before <> p.lower_bound};
is(sql($odd), '', 'each partition begins where the one before it ends');
# When what there is now comes to its end
my $later = q{SELECT r.* FROM mosaic.partition_coverage() c, mosaic.run_maintenance(c.parent, COALESCE(c.covered_at - interval '1 microsecond', now())) r};
is(sql("SELECT string_agg(r.parent || ' ' || r.detail, ', ') FROM ($later) r WHERE r.outcome <> 'done'"), '', 'it goes on');
is(sql($odd), '', 'without a gap');
is(sql(q{SELECT DISTINCT b.upper_bound::timestamp - b.lower_bound::timestamp FROM mosaic.partition_bounds('app.weekly') b WHERE b.kind = 'range'}), '7 days',
	'or a partition of odd width');
is(sql(q{SELECT count(DISTINCT to_char(b.lower_bound::timestamptz AT TIME ZONE 'UTC', 'HH24:MI')) FROM mosaic.partition_bounds('app.utc') b WHERE b.kind = 'range'}), '1',
	'days begin when they did');

# Rows
is(sql('SELECT count(*) FROM app.big'), '23', 'no row is lost');
is(sql(q{SELECT (SELECT count(*) FROM app.ids) || ' ' || (SELECT count(*) FROM app.monthly) || ' ' || (SELECT count(*) FROM app.deep) || ' ' || (SELECT count(*) FROM app.halves)}),
	join(' ', map { $rows_before =~ /^$_\|(\d+)$/m; $_ eq 'ids' ? $1 - 9 : $1 } qw(ids monthly deep halves)), 'but those that retention was for');
my $names = sql(q{SELECT count(*) FROM pg_class WHERE relnamespace = 'app'::regnamespace});
sql('SELECT partman.run_maintenance()');
is(sql(q{SELECT count(*) FROM pg_class WHERE relnamespace = 'app'::regnamespace}), $names, 'pg_partman does nothing any more');

# And without it
sql('DROP EXTENSION pg_partman');
is(sql(q{SELECT count(*) FROM mosaic.run_maintenance('app.utc', (SELECT max(b.upper_bound::timestamptz) FROM mosaic.partition_bounds('app.utc') b
	WHERE b.kind = 'range') - interval '1 microsecond') r WHERE r.outcome = 'done' AND r.action = 'create'}), '3', 'which may go');

$node->stop;
done_testing();
