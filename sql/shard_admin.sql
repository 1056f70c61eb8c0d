-- Administration: what is refused leaves the map as it was; epochs, history
-- and what changes mean for a session that is in the middle of them.
DELETE FROM mosaic.shard_map_history; -- maps of other tests had these names
\set VERBOSITY sqlstate
SELECT mosaic.shard_map_create('users', shards => 4);
SELECT mosaic.shard_map_create('orders', 'range', shards => 2);
SELECT mosaic.shard_map_create('geo', 'list', 'text', shards => 2);
SELECT mosaic.shard_map_create('router', 'modulo', shards => 4);
SELECT mosaic.shard_assign_range('orders', 0, NULL, '100');
SELECT mosaic.shard_assign_keys('geo', 0, '{us}');
CREATE TEMP TABLE before AS SELECT map, epoch, mosaic.shard_map_fingerprint(map) AS fingerprint FROM mosaic.shard_map;

-- maps
SELECT mosaic.shard_map_create('users');
SELECT mosaic.shard_map_create(repeat('m', 200));
SELECT mosaic.shard_map_create('');
SELECT mosaic.shard_map_create(NULL);
SELECT mosaic.shard_map_create('m', 'consistent');
SELECT mosaic.shard_map_create('m', hash => 'fnv');
SELECT mosaic.shard_map_create('m', 'jump', hash => 'md5');
SELECT mosaic.shard_map_create('m', 'jump', 'text');
SELECT mosaic.shard_map_create('m', 'modulo', 'uuid');
SELECT mosaic.shard_map_create('m', slots => 1000);
SELECT mosaic.shard_map_create('m', slots => 0);
SELECT mosaic.shard_map_create('m', slots => -1024);
SELECT mosaic.shard_map_create('m', slots => NULL);
SELECT mosaic.shard_map_create('m', slots => 131072);
SELECT mosaic.shard_map_create('m', key_type => 'text', slots => 32768, hash => 'crc16');
SELECT mosaic.shard_map_create('m', shards => 0);
SELECT mosaic.shard_map_create('m', shards => -1);
SELECT mosaic.shard_map_create('m', shards => 17, slots => 16);
SELECT mosaic.shard_map_create('m', default_shard => 0);
SELECT mosaic.shard_map_create('m', shards => 2, default_shard => 2);
SELECT mosaic.shard_map_drop('m');
SELECT mosaic.shard_map_drop(NULL);
SELECT mosaic.shard_map_epoch('m');
SELECT mosaic.shard_map_fingerprint('m');
SELECT mosaic.shard_map_export('m');
SELECT mosaic.shard_map_verify('m');
-- nodes: scenario 46, no secrets
SELECT mosaic.shard_node_add('db1', 'h', options => '{"password": "x"}');
SELECT mosaic.shard_node_add('db1', 'h', options => '{"user": "x"}');
SELECT mosaic.shard_node_add('db1', 'h', options => '{"passfile": "/x"}');
SELECT mosaic.shard_node_add('db1', 'h', options => '{"application_name": "a password=x"}');
SELECT mosaic.shard_node_add('db1', 'h', options => '[]');
SELECT mosaic.shard_node_add('db1', 'h', options => '{"sslmode": null}');
SELECT mosaic.shard_node_add('db1', 'host=h password=x');
SELECT mosaic.shard_node_add('db1', 'postgresql://u:p@h/db');
SELECT mosaic.shard_node_add('db1', 'h', dbname => 'postgresql://u:p@h/db');
SELECT mosaic.shard_node_add('db1', 'h', dbname => 'dbname=d password=x');
INSERT INTO mosaic.shard_node (node, host, dbname, options) VALUES ('db1', 'h', 'd', '{"password": "x"}');
SELECT mosaic.shard_node_add('db1', 'h', port => 0);
SELECT mosaic.shard_node_add('db1', 'h', weight => -1);
SELECT mosaic.shard_node_add('db1', 'h', role => 'standby');
SELECT mosaic.shard_node_add('db1', 'h', role => 'replica');
SELECT mosaic.shard_node_add('db1', 'h', role => 'replica', primary_node => 'db0');
SELECT mosaic.shard_node_add(repeat('n', 64), 'h');
SELECT mosaic.shard_node_add('db1', NULL);
SELECT mosaic.shard_node_add('db1', 'h');
SELECT mosaic.shard_node_add('db1', 'h');
SELECT mosaic.shard_node_drop('db2');
-- shards
SELECT mosaic.shard_add('m', 'new');
SELECT mosaic.shard_add('users', 'shard0');
SELECT mosaic.shard_add('users', NULL);
SELECT mosaic.shard_add('users', repeat('s', 64));
SELECT mosaic.shard_add('users', 'new', 'db2');
SELECT mosaic.shard_add('users', 'new', weight => -1);
SELECT mosaic.shard_add('router', 'new', weight => 2);
SELECT mosaic.shard_place('users', 0, 'db2');
SELECT mosaic.shard_place('users', 9, 'db1');
SELECT mosaic.shard_set_weight('users', 0, -1);
SELECT mosaic.shard_set_weight('users', 0, NULL);
SELECT mosaic.shard_set_weight('users', 9, 1);
SELECT mosaic.shard_set_weight('router', 0, 2);
SELECT mosaic.shard_drain('router', 0);
SELECT mosaic.shard_drain('users', NULL);
SELECT mosaic.shard_drop('users', 0);
SELECT mosaic.shard_drop('orders', 0);
SELECT mosaic.shard_drop('geo', 0);
SELECT mosaic.shard_drop('router', 0);
SELECT mosaic.shard_set_default('users', 9);
-- assignments
SELECT mosaic.shard_assign_slots('users', 9, '{[0,1)}');
SELECT mosaic.shard_assign_slots('users', 0, '{[0,1025)}');
SELECT mosaic.shard_assign_slots('users', 0, '{(,)}');
SELECT mosaic.shard_assign_slots('users', 0, '{[-1,1)}');
SELECT mosaic.shard_assign_slots('users', 0, '{}');
SELECT mosaic.shard_assign_slots('users', 0, NULL);
SELECT mosaic.shard_assign_slots('geo', 0, '{[0,1)}');
SELECT mosaic.shard_mark_slots('users', '{[0,1)}', 'gone');
SELECT mosaic.shard_assign_range('users', 0, '0', '1');
SELECT mosaic.shard_assign_range('orders', 9, '100', '200');
SELECT mosaic.shard_assign_range('orders', 1, '50', '150');
SELECT mosaic.shard_assign_keys('users', 0, '{1}');
SELECT mosaic.shard_assign_keys('geo', 9, '{eu}');
SELECT mosaic.shard_assign_keys('geo', 0, '{eu,NULL}');
SELECT mosaic.shard_assign_keys('geo', 0, NULL);
SELECT mosaic.shard_assign_keys('geo', 0, ARRAY[repeat('k', 1025)]);
SELECT mosaic.shard_assign_tenant('geo', 0, 'acme');
SELECT mosaic.shard_report_sizes('users', '{0,1024}', '{1,1}');
SELECT mosaic.shard_report_sizes('users', '{0,1}', '{1}');
SELECT mosaic.shard_report_sizes('users', '{0}', '{-1}');
SELECT mosaic.shard_report_sizes('users', '{-1}', '{1}');
SELECT mosaic.shard_report_sizes('users', ARRAY[NULL]::integer[], '{1}');
SELECT mosaic.shard_report_sizes('geo', '{0}', '{1}');
SELECT mosaic.shard_report_sizes('m', '{0}', '{1}');
SELECT mosaic.shard_rebalance_plan('geo');
SELECT mosaic.shard_rebalance_plan('m');
SELECT mosaic.shard_rebalance_plan('users', 'rows');
SELECT mosaic.shard_rebalance_plan('users', max_moves => -1);
SELECT mosaic.shard_rebalance_plan(NULL);
SELECT mosaic.shard_rebalance_apply('m');
-- nothing of it changed anything
SELECT map FROM mosaic.shard_map m JOIN before b USING (map) WHERE m.epoch <> b.epoch OR mosaic.shard_map_fingerprint(map) <> fingerprint;
SELECT count(*) FROM mosaic.shard_map;

-- messages say what, why and what to type
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT mosaic.shard_map_create('m', slots => 1000);
SELECT mosaic.shard_map_create(repeat('m', 200));
SELECT mosaic.shard_node_add('db2', 'h', options => '{"password": "x"}');
SELECT mosaic.shard_set_weight('users', 0, -1);
SELECT mosaic.shard_drop('users', 0);
SELECT mosaic.shard_assign_slots('users', 0, '{[0,1025)}');
\set VERBOSITY terse

-- a shard is added, filled, emptied and dropped
SELECT mosaic.shard_add('users', 'shard4', 'db1');
SELECT mosaic.shard_assign_slots('users', 4, '{[0,4),[610,611)}');
SELECT mosaic.shard_name_for('users', 42);
SELECT mosaic.shard_drop('users', 4);
SELECT mosaic.shard_drain('users', 4);
SELECT mosaic.shard_assign_slots('users', 4, '{[5,6)}');
SELECT mosaic.shard_node_drop('db1');
SELECT mosaic.shard_assign_slots('users', 0, '{[0,4),[610,611)}');
SELECT mosaic.shard_drop('users', 4);
SELECT mosaic.shard_node_drop('db1');
SELECT mosaic.shard_drop('router', 3);
SELECT epoch, change, detail FROM mosaic.shard_map_history WHERE map = 'users' ORDER BY change_id;
SELECT count(*) FROM mosaic.shard_map_history WHERE changed_by <> session_user OR changed_at > clock_timestamp();

-- an epoch a transaction; own changes are seen at once, and what is rolled back is gone
SELECT mosaic.shard_map_epoch('users') AS epoch \gset
BEGIN;
SELECT mosaic.shard_for('users', 43) AS "1";
SELECT mosaic.shard_assign_slots('users', 0, '{[430,431)}');
SELECT mosaic.shard_for('users', 43) AS "0";
SAVEPOINT s;
SELECT mosaic.shard_assign_slots('users', 2, '{[430,431)}');
SELECT mosaic.shard_for('users', 43) AS "2";
SELECT mosaic.shard_assign_slots('users', 3, '{[430,431)}');
SELECT mosaic.shard_for('users', 43) AS "3", mosaic.shard_map_epoch('users') - :epoch AS "1";
ROLLBACK TO s;
SELECT mosaic.shard_for('users', 43) AS "0";
SELECT mosaic.shard_map_drop('orders');
SELECT mosaic.shard_for('orders', 1);
ROLLBACK;
SELECT mosaic.shard_for('users', 43) AS "1", mosaic.shard_for('orders', 1) AS "0", mosaic.shard_map_epoch('users') - :epoch AS "0";
-- by a function that looks in the statement that changes
BEGIN;
SELECT mosaic.shard_for('users', 43) AS "1", mosaic.shard_assign_slots('users', 0, '{[430,431)}'), mosaic.shard_for('users', 43) AS "0";
COMMIT;
SELECT mosaic.shard_for('users', 43) AS "0";

-- what was looked up between two changes of one transaction is not kept
BEGIN;
SELECT mosaic.shard_assign_slots('users', 2, '{[430,431)}');
SELECT mosaic.shard_for('users', 43) AS "2";
SELECT mosaic.shard_assign_slots('users', 3, '{[430,431)}');
COMMIT;
SELECT mosaic.shard_for('users', 43) AS "3";

-- writing to the catalogs directly is seen as well, and raises the epoch
SELECT mosaic.shard_map_epoch('users') AS epoch \gset
UPDATE mosaic.shard_slot SET shard_id = 1 WHERE map = 'users' AND slot = 430;
SELECT mosaic.shard_for('users', 43) AS "1", mosaic.shard_map_epoch('users') - :epoch AS "1";
SELECT mosaic.shard_check('users', 43, :epoch);
UPDATE mosaic.shard_key SET shard_id = 1 WHERE map = 'geo';
SELECT mosaic.shard_for('geo', 'us') AS "1";
DELETE FROM mosaic.shard_slot WHERE map = 'users' AND slot = 430;
SELECT mosaic.shard_for('users', 43);
\set VERBOSITY default
SELECT mosaic.shard_for('users', 43);
\set VERBOSITY terse
INSERT INTO mosaic.shard_slot VALUES ('users', 430, NULL, DEFAULT, 1);
SELECT mosaic.shard_for('users', 43);
SELECT code, detail FROM mosaic.shard_problems('users');
SELECT mosaic.shard_set_default('users', 2);
SELECT mosaic.shard_for('users', 43) AS "2";
TRUNCATE mosaic.shard_key;
SELECT mosaic.shard_for('geo', 'us');

-- a client is told of every change of owner, and of nothing else
SELECT mosaic.shard_map_epoch('router') AS epoch \gset
SELECT mosaic.shard_check('router', 1, :epoch);
SELECT mosaic.shard_add('router', 'again');
SELECT mosaic.shard_check('router', 1, :epoch);
SELECT mosaic.shard_map_epoch('orders') AS epoch \gset
SELECT mosaic.shard_assign_range('orders', 1, '100', '200');
SELECT mosaic.shard_check('orders', 1, :epoch);
SELECT mosaic.shard_check('orders', 100, :epoch);
SELECT mosaic.shard_assign_range('orders', NULL, '100', '200'), mosaic.shard_set_default('orders', 0);
SELECT mosaic.shard_check('orders', 100, :epoch + 1);
SELECT mosaic.shard_map_epoch('geo') AS epoch \gset
SELECT mosaic.shard_assign_keys('geo', 0, '{us,ca}');
SELECT mosaic.shard_assign_keys('geo', 1, '{us}');
SELECT mosaic.shard_check('geo', 'ca', :epoch + 1), mosaic.shard_check('geo', 'us', :epoch + 2);
SELECT mosaic.shard_check('geo', 'us', :epoch + 1);
SELECT mosaic.shard_check('geo', 'nowhere', :epoch);

-- a map made again is newer than the one before
SELECT mosaic.shard_map_epoch('users') AS epoch \gset
SELECT mosaic.shard_map_drop('users');
SELECT mosaic.shard_for('users', 43);
SELECT mosaic.shard_map_create('users', shards => 2);
SELECT mosaic.shard_map_epoch('users') > :epoch AS newer, mosaic.shard_for('users', 42) AS "1";
SELECT count(mosaic.shard_map_drop(map)) FROM (SELECT map FROM mosaic.shard_map ORDER BY map) m;
