# Foreign HASH partitions laid out by a map, as docs/shards.md says: the planner,
# the map and the rows agree, and a row cannot get into the wrong shard.
#
# needs: contrib
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
my ($host, $port) = ($node->host, $node->port);

my $columns = 'user_id bigint NOT NULL, id bigint NOT NULL, total numeric';

$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(front east west);
$node->safe_psql('front', qq{
	CREATE EXTENSION pg_mosaic;
	CREATE EXTENSION postgres_fdw;
	SELECT mosaic.shard_map_create('orders', shards => 2, slots => 8);
	SELECT mosaic.shard_node_add(db, '$host', $port, db, fdw_server => db) FROM unnest('{east,west}'::name[]) db;
	SELECT mosaic.shard_place('orders', 0, 'east'), mosaic.shard_place('orders', 1, 'west');
	CREATE TABLE orders ($columns) PARTITION BY HASH (user_id);
});
# What psql's \gexec does.
sub run_all { my ($database, $statements) = @_; $node->safe_psql($database, join(';', split /\n/, $statements)) }
for my $shard (qw(east west))
{
	$node->safe_psql($shard, "CREATE TABLE orders ($columns) PARTITION BY HASH (user_id)");
	run_all($shard, $node->safe_psql('front', "SELECT mosaic.shard_leaf_ddl('orders', 'orders', '$shard')"));
}
run_all('front', $node->safe_psql('front', q{SELECT mosaic.shard_fdw_ddl('orders', 'orders')}));
is($node->safe_psql('front', q{SELECT count(*) FROM mosaic.shard_fdw_ddl('orders', 'orders')}), '0', 'nothing lacks afterwards');
$node->safe_psql('front', "CREATE USER MAPPING FOR CURRENT_USER SERVER $_") for qw(east west);

# Scenario 36.
$node->safe_psql('front', 'INSERT INTO orders SELECT k, k, k FROM generate_series(1, 20000) k');
is($node->safe_psql('front', q{SELECT count(*) FROM orders WHERE tableoid::regclass::text <> 'orders_s' || mosaic.shard_slot_for('orders', user_id)}),
	'0', 'each row is in the partition of its slot');
is($node->safe_psql('front', q{SELECT count(*) FROM orders}), '20000', 'and none is lost');
for my $shard (0, 1)
{
	my $db = (qw(east west))[$shard];
	is($node->safe_psql($db, 'SELECT count(*) FROM orders'),
		$node->safe_psql('front', "SELECT count(*) FROM generate_series(1, 20000) k WHERE mosaic.shard_for('orders', k) = $shard"),
		"$db has the rows of its shard");
}
my $plan = $node->safe_psql('front', 'EXPLAIN (VERBOSE, COSTS OFF) SELECT * FROM orders WHERE user_id = 42');
my $leaf = 'orders_s' . $node->safe_psql('front', q{SELECT mosaic.shard_slot_for('orders', 42)});
is(scalar(() = $plan =~ /Foreign Scan/g), 1, 'one key asks one shard');
like($plan, qr/Remote SQL: .* FROM public\.$leaf WHERE \(\(user_id = 42\)\)/, 'for that key');

# Scenario 37.
my $other = $node->safe_psql('front', q{SELECT min(k) FROM generate_series(1, 100) k WHERE mosaic.shard_slot_for('orders', k) <> mosaic.shard_slot_for('orders', 42)});
my (undef, undef, $stderr) = $node->psql('front', "\\set VERBOSITY verbose\nUPDATE orders SET user_id = $other WHERE user_id = 42");
like($stderr, qr/ERROR:  23514: .*violates partition constraint/, 'a row cannot be updated out of its slot');
(undef, undef, $stderr) = $node->psql('front', "\\set VERBOSITY verbose\nINSERT INTO $leaf VALUES ($other, 0, 0)");
like($stderr, qr/ERROR:  23514: .*violates partition constraint/, 'nor inserted into another one');
is($node->safe_psql('front', 'SELECT count(*) FROM orders WHERE user_id = 42'), '1', 'and is where it was');

$node->stop;
done_testing();
