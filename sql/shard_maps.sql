-- Maps of every strategy and the lookups that ask them.
DELETE FROM mosaic.shard_map_history; -- maps of other tests had these names
\set VERBOSITY terse

-- scenario 17: 1,024 slots over four shards
SELECT mosaic.shard_map_create('users', shards => 4);
SELECT k, mosaic.shard_slot_for('users', k) AS slot, mosaic.shard_for('users', k) AS shard, want
FROM (VALUES (1, '952 3'), (42, '610 2'), (43, '430 1'), (44, '212 0'), (12345, '332 1'), (1000001, '451 1')) v (k, want) ORDER BY k;
SELECT mosaic.shard_map_create('people', key_type => 'text', shards => 4);
SELECT k, mosaic.shard_slot_for('people', k) AS slot, mosaic.shard_for('people', k) AS shard, want
FROM (VALUES ('alice', '981 3'), ('bob', '1002 3'), ('acme', '275 1')) v (k, want) ORDER BY k;
SELECT array_agg(count ORDER BY shard) AS "25003,25064,24930,25003" FROM (SELECT mosaic.shard_for('users', k) AS shard, count(*) FROM generate_series(1, 100000) k GROUP BY 1) c;
SELECT count(*) FROM generate_series(1, 1000) k WHERE mosaic.shard_slot_for('users', k) <> mosaic.shard_native(k, 1024);

-- every key type of the contract, and what becomes of others
SELECT mosaic.shard_for('users', 42) AS int, mosaic.shard_for('users', 42::bigint) AS bigint, mosaic.shard_for('users', 42::smallint) AS smallint,
	mosaic.shard_for('users', '42') AS literal, mosaic.shard_for('users', '42'::varchar) AS varchar, mosaic.shard_for('users', '42'::char(5)) AS bpchar,
	mosaic.shard_for('users', NULL::bigint) AS null_key, mosaic.shard_for(NULL, 42) AS null_map;
PREPARE untyped AS SELECT mosaic.shard_for('users', $1);
EXECUTE untyped('42');
DEALLOCATE untyped;
CREATE DOMAIN user_id AS bigint CHECK (VALUE > 0);
CREATE DOMAIN user_name AS varchar(20);
SELECT mosaic.shard_for('users', 42::user_id) AS domain, mosaic.shard_for('people', 'alice'::user_name) AS text_domain, mosaic.shard_for('people', 'alice'::name) AS name;
DROP DOMAIN user_id, user_name;
SELECT mosaic.shard_map_create('documents', key_type => 'uuid', shards => 4);
SELECT mosaic.shard_map_create('blobs', key_type => 'bytea', shards => 4);
SELECT mosaic.shard_map_create('days', key_type => 'date', shards => 4);
SELECT mosaic.shard_map_create('moments', key_type => 'timestamptz', shards => 4);
SET TimeZone = 'Asia/Tokyo';
SELECT mosaic.shard_slot_for('documents', '550e8400-e29b-41d4-a716-446655440000'::uuid) AS "457", mosaic.shard_slot_for('documents', '550E8400E29B41D4A716446655440000') AS "457",
	mosaic.shard_slot_for('blobs', '\x616c696365'::bytea) AS "981", mosaic.shard_slot_for('blobs', '\x616c696365') AS "981";
CREATE TABLE maps_day (k date) PARTITION BY HASH (k);
CREATE TABLE maps_moment (k timestamptz) PARTITION BY HASH (k);
SELECT count(*) FROM (SELECT '2025-01-01 00:00+00'::timestamptz + i * interval '13:07:11.5' AS k FROM generate_series(-500, 500) i) m
WHERE NOT (satisfies_hash_partition('maps_moment'::regclass, 1024, mosaic.shard_slot_for('moments', k), k)
	AND satisfies_hash_partition('maps_moment'::regclass, 1024, mosaic.shard_slot_for('moments', k::text), k)
	AND satisfies_hash_partition('maps_day'::regclass, 1024, mosaic.shard_slot_for('days', k::date), k::date));
DROP TABLE maps_day, maps_moment;
RESET TimeZone;

-- scenario 23: what cannot be a key, and maps that do not exist
\set VERBOSITY default
SELECT mosaic.shard_for('nowhere', 42);
CREATE TYPE mood AS ENUM ('happy', 'sad');
SELECT mosaic.shard_for('users', 'sad'::mood);
SELECT mosaic.shard_for('users', 1.5::float8);
SELECT mosaic.shard_for('users', 42.0);
SELECT mosaic.shard_for('users', '{"a": 1}'::jsonb);
\set VERBOSITY sqlstate
SELECT mosaic.shard_for('nowhere', 42);
SELECT mosaic.shard_for('users', 'sad'::mood);
SELECT mosaic.shard_for('users', 1.5::float8);
SELECT mosaic.shard_map_create('m', key_type => 'mood');
SELECT mosaic.shard_map_create('m', key_type => 'double precision');
SELECT mosaic.shard_map_create('m', key_type => 'timestamp');
SELECT mosaic.shard_for('users', 'forty-two');
SELECT mosaic.shard_for('users', '99999999999999999999');
SELECT mosaic.shard_for('users', DATE '2025-01-01');
SELECT mosaic.shard_for('people', 42);
\set VERBOSITY terse
SELECT mosaic.shard_for('users', DATE '2025-01-01');
DROP TYPE mood;
CREATE COLLATION maps_insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT mosaic.shard_for('people', 'alice' COLLATE maps_insensitive);
SELECT mosaic.shard_split('people', ARRAY['alice' COLLATE maps_insensitive]);
DROP COLLATION maps_insensitive;
SELECT mosaic.shard_for('people', 'alice' COLLATE "POSIX") AS deterministic;

-- strategies that compute the owner are the pure functions
SELECT mosaic.shard_map_create('by_modulo', 'modulo', shards => 10), mosaic.shard_map_create('by_md5', 'md5', 'text', shards => 10),
	mosaic.shard_map_create('by_sha256', 'sha256', 'uuid', shards => 10), mosaic.shard_map_create('by_jump', 'jump', shards => 10),
	mosaic.shard_map_create('by_rendezvous', 'rendezvous', 'text', shards => 3), mosaic.shard_map_create('by_md5_id', 'md5', shards => 10);
SELECT count(*) FROM (SELECT k, k::text AS t, md5(k::text)::uuid AS u FROM generate_series(-500, 500) k) k
WHERE mosaic.shard_for('by_modulo', k) <> mosaic.shard_modulo(k, 10) OR mosaic.shard_for('by_md5', t) <> mosaic.shard_md5(t, 10)
	OR mosaic.shard_for('by_sha256', u) <> mosaic.shard_sha256(u, 10) OR mosaic.shard_for('by_jump', k) <> mosaic.shard_jump(k, 10)
	OR mosaic.shard_name_for('by_rendezvous', t) <> mosaic.shard_rendezvous(t, '{shard0,shard1,shard2}')
	OR mosaic.shard_for('by_md5_id', k) <> mosaic.shard_md5(t, 10);
-- and slots can be found by other hashes
SELECT mosaic.shard_map_create('slots_md5', key_type => 'text', shards => 4, hash => 'md5'), mosaic.shard_map_create('slots_crc16', key_type => 'text', shards => 4, slots => 16384, hash => 'crc16'),
	mosaic.shard_map_create('slots_sha256', key_type => 'uuid', shards => 4, slots => 256, hash => 'sha256');
SELECT count(*) FROM (SELECT k::text AS t, md5(k::text)::uuid AS u FROM generate_series(1, 1000) k) k
WHERE mosaic.shard_slot_for('slots_md5', t) <> mosaic.shard_md5(t, 1024) OR mosaic.shard_slot_for('slots_crc16', t) <> mosaic.shard_crc16_slot(t)
	OR mosaic.shard_slot_for('slots_sha256', u) <> mosaic.shard_sha256(u, 256);
SELECT mosaic.shard_slot_for('slots_crc16', '{user1000}.following') AS "3443";
-- shards of a rendezvous map have keys by weight, and none while draining
SELECT mosaic.shard_set_weight('by_rendezvous', 0, 2);
SELECT count(*) FILTER (WHERE s = 0) BETWEEN 4800 AND 5200 AS half FROM (SELECT mosaic.shard_for('by_rendezvous', k::text) AS s FROM generate_series(1, 10000) k) s;
SELECT mosaic.shard_drain('by_rendezvous', 0);
SELECT DISTINCT mosaic.shard_for('by_rendezvous', k::text) FROM generate_series(1, 1000) k ORDER BY 1;
-- a jump map grows at its end: keys move to the new shard only
SELECT mosaic.shard_add('by_jump', 'eleventh');
SELECT bool_and(mosaic.shard_for('by_jump', k) = 10) AS only_to_the_new, count(*) BETWEEN 800 AND 1000 AS an_eleventh
FROM generate_series(1, 10000) k WHERE mosaic.shard_jump(k, 10) <> mosaic.shard_for('by_jump', k);

-- scenario 18: ranges
SELECT mosaic.shard_map_create('orders', 'range', shards => 4);
SELECT mosaic.shard_for('orders', 0);
SELECT mosaic.shard_assign_range('orders', 0, '0', '1000000'), mosaic.shard_assign_range('orders', 1, '1000000', '2000000'),
	mosaic.shard_assign_range('orders', 2, '2000000', '5000000'), mosaic.shard_assign_range('orders', 3, '5000000', NULL);
SELECT k, mosaic.shard_for('orders', k) AS got, want
FROM (VALUES (0, 0), (999999, 0), (1000000, 1), (1999999, 1), (2000000, 2), (5000000, 3), (1000000000000, 3), (9223372036854775807, 3)) v (k, want) ORDER BY k;
\set VERBOSITY default
SELECT mosaic.shard_for('orders', -1);
SELECT mosaic.shard_assign_range('orders', 1, '1999999', '2000001');
\set VERBOSITY sqlstate
SELECT mosaic.shard_for('orders', -1);
SELECT mosaic.shard_assign_range('orders', 1, '1999999', '2000001');
SELECT mosaic.shard_assign_range('orders', 1, '6000000', NULL);
SELECT mosaic.shard_assign_range('orders', 1, NULL, NULL);
SELECT mosaic.shard_assign_range('orders', 1, '5', '5');
SELECT mosaic.shard_assign_range('orders', 1, '5', 'five');
\set VERBOSITY terse
SELECT lower, upper, shard_id FROM mosaic.shard_range WHERE map = 'orders' ORDER BY lower::bigint;
SELECT * FROM mosaic.shard_range_gaps('orders');
SELECT code, detail FROM mosaic.shard_problems('orders');
-- a range moves whole, and goes out whole
SELECT mosaic.shard_assign_range('orders', 3, '1000000', '2000000');
SELECT mosaic.shard_for('orders', 1500000) AS "3";
SELECT mosaic.shard_assign_range('orders', NULL, '1000000', '2000000');
SELECT * FROM mosaic.shard_range_gaps('orders');
SELECT mosaic.shard_assign_range('orders', NULL, '1000000', '2000000');
SELECT mosaic.shard_set_default('orders', 2);
SELECT mosaic.shard_for('orders', -1) AS "2", mosaic.shard_for('orders', 1500000) AS "2";
SELECT * FROM mosaic.shard_problems('orders');
-- text ranges compare bytes, whatever the database's collation
SELECT mosaic.shard_map_create('names', 'range', 'text', shards => 3);
SELECT mosaic.shard_assign_range('names', 0, NULL, 'M'), mosaic.shard_assign_range('names', 1, 'M', 'm'), mosaic.shard_assign_range('names', 2, 'm', NULL);
SELECT k, mosaic.shard_for('names', k) FROM unnest('{"",A,LZ,M,Z,a,lz,m,é}'::text[]) k;

-- scenario 19: ranges of time do not depend on the session's zone
SELECT mosaic.shard_map_create('events', 'range', 'timestamptz', shards => 2);
SET TimeZone = 'America/New_York';
SET DateStyle = 'SQL, DMY';
SELECT mosaic.shard_assign_range('events', 0, '2024-01-01 00:00+00', '2025-01-01 00:00+00');
SET TimeZone = 'Asia/Tokyo';
SELECT mosaic.shard_assign_range('events', 1, '2025-01-01', '2026-01-01');
SELECT lower, upper, shard_id FROM mosaic.shard_range WHERE map = 'events' ORDER BY lower;
SELECT mosaic.shard_for('events', '2024-12-31 23:59:59.999999+00'::timestamptz) AS "0", mosaic.shard_for('events', '2025-01-01 00:00+00'::timestamptz) AS "1",
	mosaic.shard_for('events', '2025-01-01 08:59:59+09') AS "0", mosaic.shard_for('events', '2025-01-01 08:59:59') AS "0", mosaic.shard_for('events', '2025-01-01 09:00') AS "1";
RESET DateStyle;
RESET TimeZone;

-- scenario 20: geography; the DSN names no user and no password
SELECT mosaic.shard_map_create('geo', 'list', 'text', shards => 3);
SELECT mosaic.shard_assign_keys('geo', 0, '{us,ca}'), mosaic.shard_assign_keys('geo', 1, '{eu}'), mosaic.shard_assign_keys('geo', 2, '{asia}');
SELECT mosaic.shard_node_add('us-1', 'db.us.example', 5433, 'app', options => '{"sslmode": "verify-full", "application_name": "o''brien \\ co"}'),
	mosaic.shard_node_add('eu-1', '10.0.0.2', dbname => 'my app'), mosaic.shard_node_add('us-2', 'db2.us.example', dbname => 'app', role => 'replica', primary_node => 'us-1');
SELECT mosaic.shard_place('geo', 0, 'us-1'), mosaic.shard_place('geo', 1, 'eu-1');
SELECT mosaic.shard_dsn_for('geo', 'us'), mosaic.shard_dsn_for('geo', 'us', 'replica');
SELECT mosaic.shard_dsn_for('geo', 'eu');
SELECT mosaic.shard_dsn_for('geo', 'eu', 'replica');
SELECT mosaic.shard_dsn_for('geo', 'asia');
UPDATE mosaic.shard_node SET port = 6432 WHERE node = 'eu-1';
SELECT mosaic.shard_dsn_for('geo', 'eu');
SELECT mosaic.shard_dsn_for('geo', 'us', 'backup');
SELECT mosaic.shard_for('geo', 'EU');
SELECT mosaic.shard_set_default('geo', 2);
SELECT mosaic.shard_for('geo', 'EU') AS "2", mosaic.shard_for('geo', 'eu') AS "1";
SELECT * FROM mosaic.shard_location('geo', 'us');
SELECT mosaic.shard_assign_keys('geo', NULL, '{ca}');
SELECT mosaic.shard_for('geo', 'ca') AS "2";
-- keys of other types are known by value
SELECT mosaic.shard_map_create('holidays', 'list', 'date', shards => 2);
SELECT mosaic.shard_assign_keys('holidays', 1, ARRAY['2025-12-25', '1 January 2026']);
SELECT key FROM mosaic.shard_key WHERE map = 'holidays' ORDER BY key;
SELECT mosaic.shard_for('holidays', DATE '2026-01-01') AS "1", mosaic.shard_for('holidays', 'Dec 25, 2025') AS "1";
SELECT mosaic.shard_for('holidays', DATE '2026-01-02');

-- the spelling of keys that are not text depends on no setting of the session
SET DateStyle = 'German';
SET bytea_output = 'escape';
SELECT mosaic.shard_key_text('date', '2025-12-25'), mosaic.shard_key_text('date', '0044-03-15 BC'), mosaic.shard_key_text('date', 'infinity'),
	mosaic.shard_key_text('timestamptz', '2025-12-25 01:02:03.045+09'), mosaic.shard_key_text('timestamptz', '-infinity'), mosaic.shard_key_text('bytea', 'a\\b'),
	mosaic.shard_key_text('uuid', '550E8400E29B41D4A716446655440000'), mosaic.shard_key_text('smallint', ' 007 ');
RESET bytea_output;
SET DateStyle = 'ISO';
SET TimeZone = 'UTC';
SELECT mosaic.shard_key_text('timestamptz', t::text) AS differs, t FROM unnest('{4714-11-24 00:00+00 BC,0044-03-15 12:00+00 BC,1900-01-01 00:00:00.000001+00,294276-12-31 23:59:59.999999+00}'::timestamptz[]) t
WHERE mosaic.shard_key_text('timestamptz', t::text) <> t::text;
RESET DateStyle;
RESET TimeZone;

-- scenario 21: directory
SELECT mosaic.shard_map_create('accounts', 'directory', shards => 2);
SELECT mosaic.shard_for('accounts', 42);
SELECT mosaic.shard_assign_keys('accounts', 0, '{42, 43, 042}');
SELECT mosaic.shard_for('accounts', 42) AS "0", mosaic.shard_for('accounts', '43') AS "0";
SELECT mosaic.shard_assign_keys('accounts', 1, '{42}');
SELECT mosaic.shard_for('accounts', 42) AS "1", mosaic.shard_for('accounts', 43) AS "0";
SELECT mosaic.shard_assign_keys('accounts', NULL, '{42}');
SELECT mosaic.shard_for('accounts', 42);

-- scenario 22: tenants in schemas and in databases
SELECT mosaic.shard_map_create('tenants', 'tenant', 'text', shards => 2);
SELECT mosaic.shard_place('tenants', 1, 'us-1');
SELECT mosaic.shard_assign_tenant('tenants', 1, 'acme', schema_name => 'tenant_acme'), mosaic.shard_assign_tenant('tenants', 1, 'bigco', dbname => 'bigco'),
	mosaic.shard_assign_tenant('tenants', 0, 'a"b', schema_name => 'a"b');
SELECT t, shard_id, shard_name, node_name, schema_name, dbname, 'SET search_path = ' || quote_ident(schema_name) AS search_path
FROM unnest('{acme,bigco,a\"b}'::text[]) t, mosaic.shard_location('tenants', t);
SELECT mosaic.shard_dsn_for('tenants', 'acme'), mosaic.shard_dsn_for('tenants', 'bigco');
SELECT mosaic.shard_for('tenants', 'nobody');
SELECT mosaic.shard_assign_tenant('tenants', NULL, 'acme');
SELECT mosaic.shard_for('tenants', 'acme');

-- scenario 24: many keys at once
SELECT * FROM mosaic.shard_split('users', '{1,42,43,44,12345,1000001}');
SELECT * FROM mosaic.shard_split('users', '{1,42,43,44,12345,1000001}'::bigint[]);
SELECT * FROM mosaic.shard_split('people', ARRAY['bob', NULL, 'alice', 'acme', 'bob']);
SELECT * FROM mosaic.shard_split('users', '{}'::int[]);
SELECT * FROM mosaic.shard_split('users', ARRAY[1.5]);
SELECT * FROM mosaic.shard_split('nowhere', ARRAY[1]);
SELECT sum(cardinality(keys)) AS "100000", count(*) AS "4" FROM mosaic.shard_split('users', ARRAY(SELECT generate_series(1, 100000)));

-- location of a slot on the move; a client with an old map
SELECT mosaic.shard_map_epoch('users') AS epoch \gset
SELECT mosaic.shard_check('users', 42, :epoch);
SELECT mosaic.shard_mark_slots('users', '{[610,611)}', 'moving');
SELECT slot_state FROM mosaic.shard_location('users', 42);
SELECT mosaic.shard_check('users', 42, :epoch);
SELECT mosaic.shard_mark_slots('users', '{[610,611)}', 'fenced');
SELECT mosaic.shard_check('users', 42, :epoch);
SELECT mosaic.shard_assign_slots('users', 0, '{[610,611)}');
\set VERBOSITY default
SELECT mosaic.shard_check('users', 42, :epoch);
\set VERBOSITY terse
SELECT mosaic.shard_check('users', 43, :epoch);
SELECT shard_id, slot_state, epoch FROM mosaic.shard_location('users', 42);
SELECT mosaic.shard_check('users', 42, 4);

-- one place in a query that asks one map after another
SELECT m, mosaic.shard_for(m, '42') FROM unnest('{users,people,users,documents}'::text[]) WITH ORDINALITY u (m, n) WHERE m <> 'documents' ORDER BY n;
DO $$
DECLARE
	answers text := '';
	m text;
BEGIN
	FOREACH m IN ARRAY '{users,by_modulo,users,orders}'::text[] LOOP
		answers := answers || ' ' || mosaic.shard_for(m, 43);
	END LOOP;
	RAISE NOTICE '%', answers;
END $$;

-- in parallel workers
CREATE TABLE maps_parallel AS SELECT k::bigint FROM generate_series(1, 1000) k;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM maps_parallel WHERE mosaic.shard_for('users', k) = 1;
SELECT count(*) = (SELECT count(*) FROM generate_series(1, 1000) k WHERE mosaic.shard_for('users', k) = 1) AS same FROM maps_parallel WHERE mosaic.shard_for('users', k) = 1;
DROP TABLE maps_parallel;
SELECT count(mosaic.shard_map_drop(map)) FROM (SELECT map FROM mosaic.shard_map ORDER BY map) m;
SELECT count(mosaic.shard_node_drop(node)) FROM (SELECT node FROM mosaic.shard_node ORDER BY role DESC) n;
SELECT (SELECT count(*) FROM mosaic.shard), (SELECT count(*) FROM mosaic.shard_slot), (SELECT count(*) FROM mosaic.shard_key);
