# A primary, its standby that takes over, and a subscriber with sets of its own:
# each of them does the whole of its part and no more.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use MosaicWorker;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = start_node('primary', wal_level => 'logical', 'mosaic.naptime' => '1s');
$primary->safe_psql('postgres', q{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE orders (id bigint, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	SELECT count(*) FROM mosaic.create_parent('orders', '1 day', 2, time_zone => 'UTC');
	CREATE TABLE users (id integer PRIMARY KEY, name text);
	SELECT mosaic.watch('users');
	SELECT mosaic.shard_map_create('users', shards => 4)});
make_set($primary, 'postgres');
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

# A standby answers, and nothing runs there
$primary->safe_psql('postgres', q{INSERT INTO orders VALUES (1, now()); INSERT INTO users VALUES (1, 'a'); SELECT mosaic.shard_assign_slots('users', 2, '{[0,512)}')});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
my $answers = q{
	SELECT mosaic.shard_for('users', n), mosaic.shard_name_for('users', n) FROM generate_series(1, 50) n;
	SELECT mosaic.shard_map_fingerprint('users'), mosaic.shard_map_epoch('users');
	SELECT mosaic.partition_for('orders', now()), mosaic.partition_for('readings', 7);
	SELECT * FROM mosaic.check_watches()};
is($standby->safe_psql('postgres', $answers), $primary->safe_psql('postgres', $answers), 'a standby gives the answers of its primary');
is($standby->safe_psql('postgres', q{SELECT count(*) FROM mosaic.worker_status}), '0', 'no process runs there');
is($standby->safe_psql('postgres', q{SELECT severity FROM mosaic.issues WHERE code = 'standby'}), 'info', 'which is as it should be');
like($standby->safe_psql('postgres', 'SELECT * FROM mosaic.health()'), qr/^0\|OK/, 'and well');

# A subscriber with partitions of its own width, and a watch that hears what is applied
my $subscriber = start_node('subscriber', 'mosaic.naptime' => '1s');
$primary->safe_psql('postgres', 'CREATE PUBLICATION p FOR TABLE orders, users WITH (publish_via_partition_root = true)');
my $source = $primary->connstr . ' dbname=postgres';
$subscriber->safe_psql('postgres', qq{
	CREATE EXTENSION pg_mosaic;
	CREATE TABLE orders (id bigint, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
	SELECT count(*) FROM mosaic.create_parent('orders', '1 month', 1, time_zone => 'UTC');
	CREATE TABLE users (id integer PRIMARY KEY, name text);
	SELECT mosaic.watch('users', always => true);
	CREATE SUBSCRIPTION s CONNECTION '$source' PUBLICATION p});
$subscriber->wait_for_subscription_sync($primary, 's');
my $token = $subscriber->safe_psql('postgres', 'SELECT mosaic.token()');
$primary->safe_psql('postgres', q{INSERT INTO orders SELECT n, now() FROM generate_series(2, 100) n; UPDATE users SET name = 'b'; INSERT INTO users VALUES (2, 'c')});
$primary->wait_for_catchup('s');
is($subscriber->safe_psql('postgres', q{SELECT count(*), count(DISTINCT tableoid) FROM orders}), '100|1', 'rows arrive in the partitions that the subscriber has');
is($subscriber->safe_psql('postgres', q{SELECT count(*) FROM mosaic.partitions('orders')}), '2', 'months, and not the days of the publisher');
ok($subscriber->poll_query_until('postgres', "SELECT string_agg(DISTINCT key, ' ' ORDER BY key) = 'users:1 users:2' FROM mosaic.changes_since('$token')"), 'its caches are told');
is($subscriber->safe_psql('postgres', q{SELECT count(*) FROM mosaic.issues WHERE severity = 'critical'}), '0', 'nothing is wrong there');

# The standby takes over
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
$primary->stop;
$standby->promote;
lose_partition($standby, 'postgres');
$standby->safe_psql('postgres', 'SELECT mosaic.wake_worker()');
has_partition($standby, 'postgres', 'promoted, it is maintained by itself');
ok($standby->poll_query_until('postgres', q{SELECT count(*) = 1 FROM mosaic.worker_status WHERE kind = 'ticker'}), 'its ticker delivers');
$token = $standby->safe_psql('postgres', q{SELECT mosaic.token()});
$standby->safe_psql('postgres', q{UPDATE users SET name = 'd' WHERE id = 2; SELECT mosaic.shard_assign_slots('users', 1, '{[0,1024)}')});
is($standby->safe_psql('postgres', "SELECT string_agg(key, ' ') FROM mosaic.changes_since('$token') WHERE key IS NOT NULL"), 'users:2', 'what changes now is heard');
is($standby->safe_psql('postgres', q{SELECT DISTINCT mosaic.shard_for('users', n) FROM generate_series(1, 50) n}), '1', 'and maps can be changed');
is($standby->safe_psql('postgres', q{SELECT count(*) FROM mosaic.issues WHERE severity <> 'info'}), '0', 'nothing is wrong');

$subscriber->stop;
$standby->stop;
done_testing();
