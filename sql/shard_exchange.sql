-- Export, import and fingerprint: the same map in many places.
DELETE FROM mosaic.shard_map_history; -- maps of other tests had these names
\set VERBOSITY terse
\set SHOW_CONTEXT never
SELECT mosaic.shard_node_add('db1', 'h');
SELECT mosaic.shard_map_create('users', shards => 4);
SELECT mosaic.shard_place('users', 2, 'db1');
SELECT mosaic.shard_map_create('orders', 'range', 'timestamptz', shards => 2, default_shard => 1);
SELECT mosaic.shard_assign_range('orders', 0, NULL, '2025-01-01'), mosaic.shard_assign_range('orders', 1, '2025-01-01', NULL);
SELECT mosaic.shard_map_create('geo', 'list', 'text', shards => 2);
SELECT mosaic.shard_assign_keys('geo', 0, '{us,"a\"b","é"}'), mosaic.shard_assign_keys('geo', 1, '{eu}');
SELECT mosaic.shard_map_create('tenants', 'tenant', 'text', shards => 2);
SELECT mosaic.shard_assign_tenant('tenants', 1, 'acme', 'tenant_acme', 'app');
SELECT mosaic.shard_map_create('weighted', 'rendezvous', 'uuid', shards => 3);
SELECT mosaic.shard_set_weight('weighted', 1, 3);
SELECT mosaic.shard_assign_slots('users', 0, '{[610,611)}');
SELECT mosaic.shard_mark_slots('users', '{[700,710)}', 'moving');
SELECT jsonb_pretty(mosaic.shard_map_export('users') - 'shards');
SELECT mosaic.shard_map_export('geo');
SELECT mosaic.shard_map_export('orders') - 'shards';

-- scenario 25: export, drop, import; the fingerprint is the same, the routing too
CREATE TEMP TABLE exported AS SELECT map, mosaic.shard_map_export(map) AS content, mosaic.shard_map_fingerprint(map) AS fingerprint, epoch FROM mosaic.shard_map;
CREATE TEMP TABLE routed AS SELECT k, mosaic.shard_for('users', k) AS shard FROM generate_series(1, 10000) k;
SELECT count(mosaic.shard_map_drop(map)) AS "5" FROM exported;
SELECT map, mosaic.shard_map_import(content, 0) > epoch AS newer FROM exported ORDER BY map;
SELECT map FROM exported WHERE mosaic.shard_map_fingerprint(map) <> fingerprint;
SELECT count(*) FROM routed WHERE mosaic.shard_for('users', k) <> shard;
SELECT * FROM mosaic.shard_location('tenants', 'acme');
-- on another node, the export brings its epochs along
DELETE FROM mosaic.shard_map_history;
SELECT count(mosaic.shard_map_drop(map)) AS "5" FROM exported;
DELETE FROM mosaic.shard_map_history;
SELECT bool_and(mosaic.shard_map_import(content) = epoch) AS same_epoch FROM exported;
SELECT map FROM exported WHERE mosaic.shard_map_export(map) <> content;

-- only from the epoch that is expected
SELECT mosaic.shard_map_epoch('users') AS epoch \gset
\set VERBOSITY default
SELECT mosaic.shard_map_import(content, :epoch - 1) FROM exported WHERE map = 'users';
\set VERBOSITY sqlstate
SELECT mosaic.shard_map_import(content, :epoch - 1) FROM exported WHERE map = 'users';
SELECT mosaic.shard_map_import(content, 0) FROM exported WHERE map = 'users';
SELECT mosaic.shard_map_import(jsonb_set(content, '{map}', '"other"'), 1) FROM exported WHERE map = 'users';
\set VERBOSITY terse
SELECT mosaic.shard_map_import(content, :epoch) - :epoch AS "1" FROM exported WHERE map = 'users';
SELECT mosaic.shard_map_fingerprint('users') = fingerprint AS same FROM exported WHERE map = 'users';

-- a change changes the fingerprint, and an import takes it back; a client that
-- knows the change is told, one that knows neither is not troubled for nothing
SELECT mosaic.shard_map_epoch('users') AS epoch \gset
SELECT mosaic.shard_assign_slots('users', 3, '{[430,431)}');
SELECT mosaic.shard_map_fingerprint('users') = fingerprint AS same, mosaic.shard_for('users', 43) AS "3" FROM exported WHERE map = 'users';
SELECT mosaic.shard_map_import(content, :epoch + 1) - :epoch AS "2" FROM exported WHERE map = 'users';
SELECT mosaic.shard_map_fingerprint('users') = fingerprint AS same, mosaic.shard_for('users', 43) AS "1" FROM exported WHERE map = 'users';
SELECT mosaic.shard_check('users', 43, :epoch + 1);
SELECT mosaic.shard_check('users', 43, :epoch + 2);
SELECT mosaic.shard_check('users', 44, :epoch);

-- the owner's next change, imported, keeps the owner's epochs
SELECT mosaic.shard_map_epoch('users') AS epoch \gset
SELECT mosaic.shard_map_import(jsonb_set(jsonb_set(content, '{epoch}', to_jsonb(:epoch + 10)), '{runs,0}', jsonb_build_object('first', 0, 'last', 255, 'shard', 1, 'epoch', :epoch + 9))) - :epoch AS "10"
FROM exported WHERE map = 'users';
SELECT mosaic.shard_for('users', 44) AS "1";
SELECT mosaic.shard_check('users', 44, :epoch + 8);
SELECT mosaic.shard_check('users', 44, :epoch + 9);

-- names may be swapped, slots become fewer, a strategy another
SELECT mosaic.shard_map_import(jsonb_set(jsonb_set(content, '{shards,0,name}', '"shard1"'), '{shards,1,name}', '"shard0"')) > 0 AS swapped FROM exported WHERE map = 'users';
SELECT mosaic.shard_name_for('users', 43) AS shard0;
SELECT mosaic.shard_map_import('{"map": "users", "strategy": "slots", "key_type": "bigint", "slots": 2, "epoch": 1, "shards": [{"shard": 7, "name": "seventh"}], "runs": [{"first": 0, "last": 1, "shard": 7}]}') > 0 AS fewer;
SELECT mosaic.shard_for('users', 43) AS "7", (SELECT count(*) FROM mosaic.shard_slot WHERE map = 'users') AS "2", (SELECT count(*) FROM mosaic.shard WHERE map = 'users') AS "1";
SELECT mosaic.shard_map_import('{"map": "users", "strategy": "modulo", "key_type": "bigint", "epoch": 1, "shards": [{"shard": 0, "name": "a"}, {"shard": 1, "name": "b"}]}') > 0 AS another;
SELECT mosaic.shard_name_for('users', 43) AS b;

-- what is no map, or not all of it, changes none
SELECT mosaic.shard_map_create('cut', shards => 4, slots => 16);
CREATE TEMP TABLE before AS SELECT map, mosaic.shard_map_export(map) AS content FROM mosaic.shard_map;
\set VERBOSITY default
SELECT mosaic.shard_map_import('{"map": "users"}');
SELECT mosaic.shard_map_import('{"map": "users", "strategy": "slots", "key_type": "bigint", "slots": 3, "runs": [], "epoch": 1, "shards": []}');
SELECT mosaic.shard_map_import('{"map": "geo", "strategy": "list", "key_type": "text", "keys": [], "epoch": 1, "shards": [{"shard": 0, "name": "a", "node": "db9"}]}');
SELECT mosaic.shard_map_import(mosaic.shard_map_export('orders') - 'ranges');
\set VERBOSITY sqlstate
SELECT mosaic.shard_map_import(mosaic.shard_map_export('geo') - 'keys');
SELECT mosaic.shard_map_import(mosaic.shard_map_export('cut') - 'runs');
SELECT mosaic.shard_map_import(mosaic.shard_map_export('cut') || '{"runs": []}');
SELECT mosaic.shard_map_import(jsonb_set(mosaic.shard_map_export('cut'), '{runs}', (mosaic.shard_map_export('cut') -> 'runs') - 0));
SELECT mosaic.shard_map_import(mosaic.shard_map_export('cut') || '{"epoch": 9007199254740992}');
SELECT mosaic.shard_map_import('not json');
SELECT mosaic.shard_map_import('[]');
SELECT mosaic.shard_map_import('7');
SELECT mosaic.shard_map_import(NULL);
SELECT mosaic.shard_map_import('{"map": "geo", "strategy": "list", "key_type": "text", "keys": [], "epoch": 1, "shards": 5}');
SELECT mosaic.shard_map_import('{"map": "geo", "strategy": "list", "key_type": "text", "keys": [], "epoch": "x", "shards": []}');
SELECT mosaic.shard_map_import('{"map": "geo", "strategy": "tree", "key_type": "text", "epoch": 1, "shards": []}');
SELECT mosaic.shard_map_import('{"map": "new", "strategy": "tree", "key_type": "text", "epoch": 1, "shards": []}');
SELECT mosaic.shard_map_import('{"map": "geo", "strategy": "list", "key_type": "money", "keys": [], "epoch": 1, "shards": []}');
SELECT mosaic.shard_map_import('{"map": "geo", "strategy": "list", "key_type": "text", "keys": [], "epoch": 1, "shards": [{"shard": "zero"}]}');
SELECT mosaic.shard_map_import('{"map": "geo", "strategy": "list", "key_type": "text", "epoch": 1, "shards": [{"shard": 0, "name": "a"}], "keys": [{"key": "us", "shard": 9}]}');
SELECT mosaic.shard_map_import('{"map": "geo", "strategy": "list", "key_type": "text", "keys": [], "epoch": 1, "shards": [{"shard": 0, "name": "a"}, {"shard": 0, "name": "b"}]}');
SELECT mosaic.shard_map_import('{"map": "geo", "strategy": "list", "key_type": "text", "keys": [], "epoch": 1, "default_shard": 9, "shards": [{"shard": 0, "name": "a"}]}');
SELECT mosaic.shard_map_import('{"map": "users", "strategy": "slots", "key_type": "bigint", "slots": 4, "epoch": 1, "shards": [{"shard": 0, "name": "a"}], "runs": [{"first": 0, "last": 2, "shard": 0}]}');
SELECT mosaic.shard_map_import('{"map": "users", "strategy": "slots", "key_type": "bigint", "slots": 4, "epoch": 1, "shards": [{"shard": 0, "name": "a"}], "runs": [{"first": 0, "last": 2000000000, "shard": 0}]}');
SELECT mosaic.shard_map_import('{"map": "orders", "strategy": "range", "key_type": "bigint", "epoch": 1, "shards": [{"shard": 0, "name": "a"}], "ranges": [{"upper": "9", "shard": 0}, {"lower": "5", "shard": 0}]}');
SELECT mosaic.shard_map_import('{"map": "orders", "strategy": "range", "key_type": "bigint", "epoch": 1, "shards": [{"shard": 0, "name": "a"}], "ranges": [{"upper": "nine", "shard": 0}]}');
\set VERBOSITY terse
SELECT map FROM before FULL JOIN mosaic.shard_map USING (map) WHERE content IS NULL OR content <> mosaic.shard_map_export(map);
SELECT count(mosaic.shard_map_drop(map)) FROM before;
SELECT mosaic.shard_node_drop('db1');
