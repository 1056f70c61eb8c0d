# pg_dump and restore: sets come along, and their partitions are theirs again.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('dump', 'mosaic.enabled' => 'off');
$node->safe_psql('postgres', q{
	CREATE ROLE shop;
	CREATE EXTENSION pg_mosaic;
	CREATE SCHEMA "Shop" AUTHORIZATION shop;
	CREATE TABLE "Shop"."or.ders" (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	CREATE INDEX ON "Shop"."or.ders" (note);
	ALTER TABLE "Shop"."or.ders" OWNER TO shop;
	CREATE TABLE readings (id integer NOT NULL) PARTITION BY RANGE (id);
	CREATE TABLE regions (code text) PARTITION BY LIST (code);
	SELECT count(*) FROM mosaic.create_parent('"Shop"."or.ders"', '1 month', 2, '3 months', start_at => '2024-01-31', time_zone => 'America/New_York', reference_time => '2024-06-15 12:00+00');
	SELECT count(*) FROM mosaic.create_parent('readings', '10', 4);
	SELECT count(*) FROM mosaic.create_parent('regions', lists => '{"eu": ["DE", "FR"], "none": [null]}');
	UPDATE mosaic.partition_set SET retain_partitions = 4, table_options = '{fillfactor=70}' WHERE parent = '"Shop"."or.ders"'::regclass;
	INSERT INTO "Shop"."or.ders" (at, note) SELECT '2024-02-10'::date + n, 'a' FROM generate_series(1, 100) n;
	INSERT INTO readings VALUES (5), (17);
	INSERT INTO regions VALUES ('FR'), (NULL);
	SELECT count(*) FROM mosaic.run_maintenance('readings')});

my $sets = q{SELECT parent::text, to_jsonb(s) - 'parent' FROM mosaic.partition_set s ORDER BY 1};
my $bounds = q{
	SELECT s.parent::text, b.partition::text, b.kind, b.lower_bound, b.upper_bound
	FROM mosaic.partition_set s, mosaic.partition_bounds(s.parent) b ORDER BY 1, 4, 2};
my $rows = q{
	SELECT tableoid::regclass::text, count(*) FROM "Shop"."or.ders" GROUP BY 1 UNION ALL
	SELECT tableoid::regclass::text, count(*) FROM readings GROUP BY 1 UNION ALL
	SELECT tableoid::regclass::text, count(*) FROM regions GROUP BY 1 ORDER BY 1};
my $plan = q{SELECT parent::text, action, partition, lower_bound, upper_bound FROM mosaic.plan(reference_time => '2024-09-20 12:00+00') ORDER BY 1, step};
my %before = map { $_ => $node->safe_psql('postgres', $_) } $sets, $bounds, $rows, $plan;
like($before{$plan}, qr/create.*drop/s, 'there is something to come');

my $dump = $node->basedir . '/dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $dump, $node->connstr('postgres') ], 'pg_dump');
for my $jobs (1, 2)
{
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS restored');
	$node->safe_psql('postgres', 'CREATE DATABASE restored');
	$node->command_ok([ 'pg_restore', '--exit-on-error', '-j', $jobs, '-d', $node->connstr('restored'), $dump ], "pg_restore with $jobs jobs");
	is($node->safe_psql('restored', $sets), $before{$sets}, 'the sets are as they were');
	is($node->safe_psql('restored', $bounds), $before{$bounds}, 'and their partitions');
	is($node->safe_psql('restored', $rows), $before{$rows}, 'and the rows in them');
	is($node->safe_psql('restored', $plan), $before{$plan}, 'and what is to come');
}

# Nothing is made twice, and life goes on
is($node->safe_psql('restored', q{SELECT count(*) FROM mosaic.run_maintenance(reference_time => '2024-06-15 12:00+00') WHERE action = 'create'}), '0',
	'a pass at the time of the dump makes nothing');
$node->safe_psql('restored', q{SELECT mosaic.confirm_retention(parent) FROM mosaic.partition_set; SELECT count(*) FROM mosaic.run_maintenance(reference_time => '2024-09-20 12:00+00')});
is($node->safe_psql('restored', q{SELECT count(*) FROM mosaic.plan(reference_time => '2024-09-20 12:00+00')}), '0', 'a later pass does what is to come');
is($node->safe_psql('restored', q{SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid WHERE inhparent = '"Shop"."or.ders"'::regclass}),
	'shop', 'as the parent\'s owner');
is($node->safe_psql('restored', q{SELECT count(*) FROM mosaic.issues WHERE severity = 'critical' AND code = 'set_invalid'}), '0', 'no set is broken');

# Only the sets, for a table whose data stay behind
$node->safe_psql('postgres', 'CREATE DATABASE bare');
$node->command_ok([ 'pg_dump', '--schema-only', '-f', "$dump.sql", $node->connstr('postgres') ], 'pg_dump --schema-only');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dump.sql", $node->connstr('bare') ], 'and its restore');
is($node->safe_psql('bare', q{SELECT count(*) FROM mosaic.partition_set}), '0', 'has no sets, for they are data');
is($node->safe_psql('bare', q{SELECT count(*) FROM mosaic.create_parent('readings', '10', 3)}), '0', 'and the partitions are adopted');

$node->stop;
done_testing();
