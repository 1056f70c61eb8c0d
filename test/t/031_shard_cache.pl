# The maps that a session holds: bounded in memory, right on a standby, right
# where the catalogs are filled by other means than the functions, and gone with
# the extension.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	SELECT mosaic.shard_map_create('users', shards => 4), mosaic.shard_map_create('accounts', 'directory', shards => 4);
	SELECT mosaic.shard_assign_keys('accounts', s, ARRAY(SELECT k::text FROM generate_series(1, 100000) k WHERE k % 4 = s)) FROM generate_series(0, 3) s;
});

# Scenario 35: a directory of 100,000 keys, all of them asked for.
my $held = q{SELECT coalesce(sum(total_bytes), 0) FROM pg_backend_memory_contexts WHERE name IN ('shard map', 'shard directory')};
my $ask_all = q{SELECT count(*) FROM generate_series(1, 100000) k WHERE mosaic.shard_for('accounts', k) <> k % 4};
for my $kilobytes (64, 1024)
{
	my ($wrong, $bytes) = split /\n/, $node->safe_psql('postgres', "SET mosaic.shard_directory_cache_size = $kilobytes; $ask_all; $held");
	is($wrong, '0', "with $kilobytes kB, every key is found");
	cmp_ok($bytes, '<=', $kilobytes * 1024 + 32 * 1024, "and the memory stays within them");
	cmp_ok($bytes, '>=', $kilobytes * 1024 / 2, "which are used");
}

# Keys of all sizes, in an order that suits no allocator.
$node->safe_psql('postgres', q{
	SELECT mosaic.shard_map_create('paths', 'directory', 'text', shards => 2);
	SELECT mosaic.shard_assign_keys('paths', 1, ARRAY(SELECT rpad(k::text, 10 * (1 + k / 400), '/') FROM generate_series(1, 40000) k));
});
my ($found, $bytes_of_paths) = split /\n/, $node->safe_psql('postgres', qq{
	SET mosaic.shard_directory_cache_size = '256kB';
	SELECT sum(mosaic.shard_for('paths', rpad(k::text, 10 * (1 + k / 400), '/'))) FROM generate_series(1, 2) r, generate_series(1, 40000) k;
	$held});
is($found, '80000', 'every key of a directory of long and short keys is found');
cmp_ok($bytes_of_paths, '<=', 2.5 * 256 * 1024, 'and the memory is bounded');

# The first call of a session reads no directory, only what it is.
my ($first) = sort { $a <=> $b } map {
	(split /\n/, $node->safe_psql('postgres', q{
		SELECT mosaic.shard_native(1, 4) \gset
		SELECT clock_timestamp() AS start \gset
		SELECT mosaic.shard_for('accounts', 42) \gset
		SELECT extract(epoch FROM clock_timestamp() - :'start') * 1000}))[-1]
} 1 .. 5;
cmp_ok($first, '<', 5, 'the first call of a session takes less than 5 ms');

# Many maps: the ones not asked for longest are let go.
$node->safe_psql('postgres', q{SELECT mosaic.shard_map_create('many' || n, shards => 4, slots => 16384) FROM generate_series(1, 20) n});
my $two_rounds = q{SELECT sum(mosaic.shard_for('many' || n, 42)) FROM generate_series(1, 2) r, generate_series(1, 20) n};
my ($sum, $bytes) = split /\n/, $node->safe_psql('postgres', "SET mosaic.shard_cache_size = '2MB'; $two_rounds; $held");
is($sum, $node->safe_psql('postgres', q{SELECT 40 * mosaic.shard_for('many1', 42)}), 'twenty maps answer');
cmp_ok($bytes, '<=', 3 * 1024 * 1024, 'and only some of them are held');
($sum, $bytes) = split /\n/, $node->safe_psql('postgres', "$two_rounds; $held");
cmp_ok($bytes, '>', 5 * 1024 * 1024, 'where there is room, all are');

# An open session, whatever its statements look like.
my $open = $node->background_psql('postgres');
$open->query_safe(q{PREPARE ask AS SELECT mosaic.shard_for('users', 42)});
is($open->query_safe('EXECUTE ask'), '2', 'prepared');
$node->safe_psql('postgres', q{SELECT mosaic.shard_assign_slots('users', 0, '{[610,611)}')});
is($open->query_safe('EXECUTE ask'), '0', 'a prepared statement sees the change');
$node->safe_psql('postgres', q{UPDATE mosaic.shard_slot SET shard_id = 3 WHERE map = 'users' AND slot = 610});
is($open->query_safe('EXECUTE ask'), '3', 'and one that was written to the table');

# As logical replication applies changes: without ordinary triggers, but with
# the row of the map that its origin has written.
$node->safe_psql('postgres', q{
	SET session_replication_role = replica;
	BEGIN;
	UPDATE mosaic.shard_slot SET shard_id = 1 WHERE map = 'users' AND slot = 610;
	UPDATE mosaic.shard_map SET epoch = epoch + 1 WHERE map = 'users';
	COMMIT;
});
is($open->query_safe('EXECUTE ask'), '1', 'and one that was replicated');
$node->safe_psql('postgres', 'VACUUM FULL mosaic.shard_map');
is($open->query_safe('EXECUTE ask'), '1', 'and nothing but the place of rows changing changes nothing');

# A standby learns through WAL.
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
my $reader = $standby->background_psql('postgres');
is($reader->query_safe(q{SELECT mosaic.shard_for('users', 42), mosaic.shard_for('accounts', 42)}), '1|2', 'a standby answers');
$node->safe_psql('postgres', q{SELECT mosaic.shard_assign_slots('users', 2, '{[610,611)}'), mosaic.shard_assign_keys('accounts', 3, '{42}')});
$node->wait_for_catchup($standby);
is($reader->query_safe(q{SELECT mosaic.shard_for('users', 42), mosaic.shard_for('accounts', 42)}), '2|3', 'and knows of a change that it has replayed');
$reader->quit;
$standby->stop;

# Dump and restore keep maps, nodes and history.
$node->safe_psql('postgres', q{
	SELECT mosaic.shard_map_drop('many' || n) FROM generate_series(1, 20) n;
	SELECT mosaic.shard_node_add('db1', 'h1', dbname => 'd'), mosaic.shard_node_add('db2', 'h2', role => 'replica', primary_node => 'db1', dbname => 'd');
	SELECT mosaic.shard_place('users', 2, 'db1');
	SELECT mosaic.shard_map_create('orders', 'range', shards => 2, default_shard => 1);
	SELECT mosaic.shard_assign_range('orders', 0, '0', '100');
	SELECT mosaic.shard_report_sizes('users', '{1,2}', '{10,20}');
});
my $fingerprints = q{SELECT map, mosaic.shard_map_fingerprint(map) FROM mosaic.shard_map ORDER BY map};
my $before = $node->safe_psql('postgres', $fingerprints);
my $epoch = $node->safe_psql('postgres', q{SELECT mosaic.shard_map_epoch('users')});
my $history = $node->safe_psql('postgres', 'SELECT max(change_id) FROM mosaic.shard_map_history');
$node->run_log([ 'createdb', '-h', $node->host, '-p', $node->port, 'restored' ]);
my $dump = PostgreSQL::Test::Utils::tempdir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-h', $node->host, '-p', $node->port, '-f', $dump, 'postgres' ], 'dump');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', $node->host, '-p', $node->port, '-f', $dump, 'restored' ], 'restore');
is($node->safe_psql('restored', $fingerprints), $before, 'the restored maps are the same');
is($node->safe_psql('restored', q{SELECT mosaic.shard_dsn_for('users', 42)}), 'host=h1 port=5432 dbname=d', 'and route');
cmp_ok($node->safe_psql('restored', q{SELECT mosaic.shard_map_epoch('users')}), '>=', $epoch, 'and are not older');
is($node->safe_psql('restored', q{SELECT count(*) FROM mosaic.shard_slot_size}), '2', 'and sizes are kept');
$node->safe_psql('restored', q{SELECT mosaic.shard_map_drop('orders')});
cmp_ok($node->safe_psql('restored', 'SELECT max(change_id) FROM mosaic.shard_map_history'), '>', $history, 'and history goes on');

# The extension goes and comes back under an open session.
$node->safe_psql('postgres', 'DROP EXTENSION pg_mosaic');
$node->safe_psql('postgres', q{CREATE EXTENSION pg_mosaic; SELECT mosaic.shard_map_create('users', shards => 2)});
is($open->query_safe(q{SELECT mosaic.shard_for('users', 42)}), '1', 'a new extension has new maps');
$open->quit;

$node->stop;
done_testing();
