-- What names nothing, or something of another kind, is an error of the caller
-- and never an internal one.
\set VERBOSITY sqlstate
SELECT count(*) FROM mosaic.partitions(0::regclass);
SELECT count(*) FROM mosaic.partitions(4294967295::regclass);
SELECT count(*) FROM mosaic.partition_bounds(1::regclass);
SELECT mosaic.partition_for(0::regclass, 1);
SELECT mosaic.partition_for(4294967295::regclass, 1);
SELECT mosaic.shard_make_id(0, 0::regclass);
SELECT mosaic.watch(0::regclass);
SELECT mosaic.watch(1::regclass, ARRAY['x:{id}']);
SELECT mosaic.unwatch(0::regclass);
SELECT mosaic.invalidate_table(1::regclass);
SELECT mosaic.create_parent(0::regclass, '1 day');
SELECT mosaic.create_sub_parent(0::regclass, 'HASH (id)');
SELECT mosaic.list_assign(1::regclass, 'a', '{b}');
SELECT count(*) FROM mosaic.plan(1::regclass);
SELECT mosaic.drop_parent(1::regclass);
SELECT mosaic.confirm_retention(1::regclass);
SELECT mosaic.shard_map_create('untyped', key_type => 0::regtype);
SELECT mosaic.shard_map_create('untyped', key_type => 1::regtype);
SELECT mosaic.shard_map_import('{"map": "untyped", "strategy": "modulo", "key_type": "1", "hash": "native", "epoch": 1, "shards": []}');

-- A set that replication or a dump brought names a table that is not
-- partitioned here: it fails alone, and can be forgotten.
BEGIN;
CREATE TABLE plain_here (at timestamptz);
SET LOCAL session_replication_role = replica;
INSERT INTO mosaic.partition_set (parent, time_zone, partition_interval, retention) VALUES ('plain_here', 'UTC', '1 day', '1 day');
SET LOCAL session_replication_role = DEFAULT;
SELECT severity, code FROM mosaic.issues WHERE set = 'plain_here'::regclass;
SELECT error FROM mosaic.partition_coverage() WHERE parent = 'plain_here'::regclass;
SELECT outcome, detail FROM mosaic.run_maintenance() WHERE parent = 'plain_here'::regclass;
SELECT count(*) FROM mosaic.partition_metrics() WHERE set = 'plain_here';
SAVEPOINT s;
SELECT count(*) FROM mosaic.plan('plain_here');
ROLLBACK TO s;
SELECT mosaic.drop_parent('plain_here');
ROLLBACK;

-- Beside a scan that several processes share.
CREATE TABLE shared_scan AS SELECT n FROM generate_series(1, 3000) n;
ANALYZE shared_scan;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*), bool_and(token IS NOT NULL) FROM (SELECT mosaic.token() AS token FROM shared_scan WHERE n % 100 = 0) t;
SELECT count(*) FROM (SELECT (SELECT count(*) FROM mosaic.changes_since(mosaic.token())) AS changes FROM shared_scan WHERE n % 1000 = 0) t;
SELECT count(*) FROM (SELECT (mosaic.invalidation_status()).watches FROM shared_scan WHERE n % 1000 = 0) t;
SELECT count(*) FROM (SELECT (SELECT count(*) FROM mosaic.metrics) AS metrics FROM shared_scan WHERE n % 1000 = 0) t;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
DROP TABLE shared_scan;

-- A template that is none, written past mosaic.watch(): the table can be
-- changed, and is reported as a whole.
CREATE TABLE untemplated (id integer PRIMARY KEY, name text);
SELECT mosaic.watch('untemplated') AS watch_id \gset
UPDATE mosaic.watch SET keys = '{no template,"{id}"}' WHERE watch_id = :watch_id;
BEGIN;
INSERT INTO untemplated VALUES (1, 'a');
SELECT key, is_all FROM mosaic.pending();
ALTER TABLE untemplated RENAME id TO number;
SELECT keys FROM mosaic.watch WHERE watch_id = :watch_id;
COMMIT;
DROP TABLE untemplated;

-- A pattern into which no name fits ended in a stack that had run out.
BEGIN;
CREATE TABLE patternless (id integer NOT NULL) PARTITION BY RANGE (id);
SELECT count(*) FROM mosaic.create_parent('patternless', '10', 1);
SET LOCAL session_replication_role = replica;
UPDATE mosaic.partition_set SET name_pattern = repeat('x', 70) || '{bound}', premake = 2 WHERE parent = 'patternless'::regclass;
SET LOCAL session_replication_role = DEFAULT;
SELECT outcome, left(detail, 24) FROM mosaic.run_maintenance('patternless');
ROLLBACK;

-- A map that cannot be read is a problem of its own, not of all of them.
BEGIN;
SELECT mosaic.shard_map_create('sound', 'range', 'date', shards => 1), mosaic.shard_map_create('unsound', 'range', 'date', shards => 1);
UPDATE mosaic.shard_map SET key_type = 'void' WHERE map = 'unsound';
SELECT map, code, detail FROM mosaic.shard_problems() WHERE map ~ 'sound' ORDER BY 1, 2;
SELECT count(*) > 0 AS metrics FROM mosaic.metrics;
SELECT count(*) >= 0 AS issues FROM mosaic.issues;
ROLLBACK;

-- Positions that are not those of the channels, written past mosaic.tick(), which
-- then wrote beyond its memory.
SELECT mosaic.invalidate('{a}', 'first'), mosaic.invalidate('{b}', 'second');
SELECT mosaic.tick() IS NOT NULL AS ticked;
SELECT mosaic.invalidate('{b}', 'second');
BEGIN;
UPDATE mosaic.tick SET channels = '{first,second}', positions = '{1}' WHERE pos = (SELECT max(pos) FROM mosaic.tick);
SAVEPOINT s;
\set VERBOSITY sqlstate
SELECT mosaic.tick();
ROLLBACK TO s;
SELECT count(*) FROM mosaic.changes_since(mosaic.token());
ROLLBACK TO s;
\set VERBOSITY default
UPDATE mosaic.tick SET channels = '{}', positions = '{}' WHERE cardinality(channels) <> cardinality(positions);
SELECT mosaic.tick() IS NOT NULL AS ticked;
ROLLBACK;
SELECT mosaic.tick() IS NOT NULL AS ticked;

-- A handler that deletes the context in which the server raised an error, which a
-- server that asserts would not survive were it the current one still.
DO $$ DECLARE x text; BEGIN x := mosaic.shard_key_text('bigint', 'x'); END $$;
