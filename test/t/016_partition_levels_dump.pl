# Sets with lists, hashes and levels go through dump and restore, and are kept
# in the new database as they were in the old one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('dump', 'mosaic.enabled' => 'off');
$node->safe_psql('postgres', $_) for 'CREATE DATABASE old', 'CREATE DATABASE new';
$node->safe_psql('old', q{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE orders (region text NOT NULL, at timestamptz NOT NULL, customer bigint NOT NULL, PRIMARY KEY (region, at, customer)) PARTITION BY LIST (region);
	SELECT mosaic.create_parent('orders', lists => '{"eu": ["DE", "FR"]}', auto_lists => true);
	SELECT mosaic.create_sub_parent('orders', 'RANGE (at)', '1 month', premake => 1, retention => '1 year', time_zone => 'America/New_York', reference_time => '2024-01-15');
	SELECT mosaic.create_sub_parent('orders', 'HASH (customer)', modulus => 2);
	UPDATE mosaic.partition_level SET retention_action = 'detach', name_pattern = '{parent}~{bound}' WHERE level = 2;
	UPDATE mosaic.partition_level SET table_options = '{fillfactor=71}' WHERE level = 3;
	SELECT mosaic.list_assign('orders', 'na', '{US}');
	INSERT INTO orders SELECT 'DE', '2024-01-20', n FROM generate_series(1, 10) n;
	CREATE TABLE customers (id integer) PARTITION BY HASH (id);
	SELECT mosaic.create_parent('customers', modulus => 4)});

my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, $node->connstr('old') ], 'dump');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', $dump, $node->connstr('new') ], 'restore');

for my $what (
	[ 'the sets', q{SELECT s::text FROM mosaic.partition_set s ORDER BY parent::text} ],
	[ 'the levels', q{SELECT l::text FROM mosaic.partition_level l ORDER BY parent::text, level} ],
	[ 'the partitions', q{SELECT partition::text, kind, lower_bound, upper_bound FROM mosaic.partitions('orders') UNION ALL
		SELECT partition::text, kind, lower_bound, upper_bound FROM mosaic.partitions('customers') ORDER BY 1} ],
	[ 'where rows go', q{SELECT tableoid::regclass, customer, mosaic.partition_for('orders', region, at, customer) = tableoid::regclass FROM orders ORDER BY 2} ],
	[ 'what is due', q{SELECT step, action, partition, command FROM mosaic.plan(NULL, '2024-03-01') ORDER BY parent::text, step} ])
{
	my ($name, $query) = @$what;
	my $old = $node->safe_psql('old', $query);
	isnt($old, '', "$name: there are some");
	is($node->safe_psql('new', $query), $old, "$name are the same");
}
my $pass = q{SELECT action, partition, outcome FROM mosaic.run_maintenance('orders', '2024-03-01')};
is($node->safe_psql('new', $pass), $node->safe_psql('old', $pass), 'maintenance goes on alike');
is($node->safe_psql('new', q{SELECT count(*) FROM pg_class WHERE relname ~ '^orders_eu~20240301_p' AND reloptions = '{fillfactor=71}'}), '2', 'down to the lowest level');
is($node->safe_psql('new', q{SELECT lists FROM mosaic.partition_set WHERE parent = 'orders'::regclass}), '{"eu": ["DE", "FR"], "na": ["US"]}', 'lists included');

$node->stop;
done_testing();
