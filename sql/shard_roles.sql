-- Who may do what: anyone may route, some may read the catalogs, some may learn
-- where servers are, some may administer.
DELETE FROM mosaic.shard_map_history; -- maps of other tests had these names
\set VERBOSITY terse
CREATE ROLE shard_anyone;
CREATE ROLE shard_router;
CREATE ROLE shard_administrator;
SELECT mosaic.shard_node_add('db1', 'h', dbname => 'd');
SELECT mosaic.shard_map_create('users', shards => 4);
SELECT mosaic.shard_place('users', 2, 'db1');
SELECT mosaic.shard_map_create('accounts', 'directory', shards => 2);
SELECT mosaic.shard_assign_keys('accounts', 1, '{42}');
SELECT mosaic.shard_report_sizes('users', '{0}', '{12345}'), mosaic.shard_set_weight('users', 0, 0);

SET ROLE shard_anyone;
SELECT mosaic.shard_for('users', 42) AS "2", mosaic.shard_for('accounts', 42) AS "1", mosaic.shard_map_epoch('users') > 1 AS epoch,
	(SELECT node_name FROM mosaic.shard_location('users', 42)), mosaic.shard_native(42, 4) AS "2", length(mosaic.shard_map_fingerprint('accounts')) AS "32";
SELECT jsonb_array_length(mosaic.shard_map_export('users') -> 'runs') AS "4";
SELECT mosaic.shard_map_export('accounts');
SELECT count(*) FROM mosaic.shard_key;
SELECT count(*) FROM mosaic.shard_node;
SELECT count(*) FROM mosaic.shard_map_history;
-- sizes are for those who may read them; the plan by count is anybody's
SELECT count(*) AS "256", count(bytes) AS known FROM mosaic.shard_rebalance_plan('users');
SELECT mosaic.shard_rebalance_plan('users', 'bytes');
SELECT mosaic.shard_dsn_for('users', 42);
SELECT mosaic.shard_assign_slots('users', 0, '{[0,1)}');
UPDATE mosaic.shard_slot SET shard_id = 0;
SELECT mosaic.shard_begin('users');
SELECT mosaic.shard_rebalance_apply('users');
RESET ROLE;
SELECT bytes FROM mosaic.shard_rebalance_plan('users') WHERE slot = 0;
-- every function that changes a map is kept from the public
SELECT proname FROM pg_proc WHERE pronamespace = 'mosaic'::regnamespace AND proname ~ '^shard_' AND provolatile = 'v'
	AND prorettype <> 'trigger'::regtype AND has_function_privilege('shard_anyone', oid, 'EXECUTE') ORDER BY 1;
-- and nobody but the owner may write to the catalogs
SELECT relname FROM pg_class WHERE relnamespace = 'mosaic'::regnamespace AND relname ~ '^shard' AND relkind = 'r'
	AND has_table_privilege('shard_anyone', oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES');

GRANT EXECUTE ON FUNCTION mosaic.shard_dsn_for(text, bigint, text), mosaic.shard_dsn_for(text, integer, text) TO shard_router;
SET ROLE shard_router;
SELECT mosaic.shard_dsn_for('users', 42);
SELECT mosaic.shard_dsn_for('users', '42');
RESET ROLE;

GRANT EXECUTE ON FUNCTION mosaic.shard_assign_slots, mosaic.shard_rebalance_apply TO shard_administrator;
SET ROLE shard_administrator;
SELECT mosaic.shard_assign_slots('users', 0, '{[610,611)}');
SELECT mosaic.shard_for('users', 42) AS "0";
SELECT mosaic.shard_rebalance_apply('users') > 0 AS applied;
SELECT mosaic.shard_map_drop('users');
RESET ROLE;
-- the name of who logged in is what history keeps
SELECT DISTINCT changed_by = session_user AS "t" FROM mosaic.shard_map_history;
-- no catalog and no result has a place for a secret
SELECT attrelid::regclass, attname FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'mosaic'::regnamespace AND relname ~ '^shard')
	AND attname ~ 'pass|secret|user' AND attnum > 0;

REVOKE ALL ON FUNCTION mosaic.shard_dsn_for(text, bigint, text), mosaic.shard_dsn_for(text, integer, text) FROM shard_router;
REVOKE ALL ON FUNCTION mosaic.shard_assign_slots, mosaic.shard_rebalance_apply FROM shard_administrator;
DROP ROLE shard_anyone, shard_router, shard_administrator;
SELECT mosaic.shard_map_drop('users'), mosaic.shard_map_drop('accounts');
SELECT mosaic.shard_node_drop('db1');
