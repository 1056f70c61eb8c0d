-- The pure functions give the numbers of the routers that they stand for.
-- Every query names the numbers wanted and shows what differs: no rows.
\set VERBOSITY terse

-- scenario 1: floor modulo
SELECT * FROM (VALUES (12345::bigint, 4, 1), (1000003, 16, 3), (-7, 4, 1), (9223372036854775807, 10, 7), (-9223372036854775808, 10, 2)) v (key, n, want)
WHERE mosaic.shard_modulo(key, n) <> want;
SELECT mosaic.shard_modulo(1, 0);
SELECT mosaic.shard_modulo(1, -4);
\set VERBOSITY default
SELECT mosaic.shard_modulo(1, 0);
\set VERBOSITY terse

-- scenarios 2 and 3: md5, n = 2, 3, 4, 8, 10, 16, 1024
CREATE FUNCTION pg_temp.md5_numbers(key text) RETURNS int[] LANGUAGE sql
	AS $$SELECT array_agg(mosaic.shard_md5(key, n) ORDER BY n) FROM unnest('{2,3,4,8,10,16,1024}'::int[]) n$$;
SELECT key, pg_temp.md5_numbers(key) AS got, want
FROM (VALUES ('user:12345', '{1,2,1,1,1,1,593}'::int[]), ('12345', '{1,1,3,3,5,11,635}'), ('alice', '{0,1,0,4,0,12,572}'), ('bob', '{0,2,0,0,2,8,472}'),
	('', '{0,0,2,6,6,14,638}'), ('日本', '{1,1,3,3,9,3,435}')) v (key, want)
WHERE pg_temp.md5_numbers(key) <> want;
-- the same by the server's md5(), over random keys
SELECT count(*) FROM (SELECT md5(i::text) || i AS key FROM generate_series(1, 1000) i) k
WHERE mosaic.shard_md5(key, 1024) <> ('x' || right(md5(key), 8))::bit(32)::bigint % 1024;

-- scenarios 4 and 5: sha256 of a uuid
CREATE FUNCTION pg_temp.sha256_numbers(key uuid) RETURNS int[] LANGUAGE sql
	AS $$SELECT array_agg(mosaic.shard_sha256(key, n) ORDER BY n) FROM unnest('{2,3,4,8,10,16,1024}'::int[]) n$$;
SELECT key, pg_temp.sha256_numbers(key) AS got, want
FROM (VALUES ('550e8400-e29b-41d4-a716-446655440000'::uuid, '{1,0,3,7,5,7,775}'::int[]), ('00000000-0000-0000-0000-000000000000', '{1,2,3,7,9,15,255}'),
	('ffffffff-ffff-ffff-ffff-ffffffffffff', '{0,1,0,4,6,4,404}'), ('6ba7b810-9dad-11d1-80b4-00c04fd430c8', '{1,1,1,1,9,9,1017}'),
	('f47ac10b-58cc-4372-a567-0e02b2c3d479', '{1,1,3,7,7,15,543}')) v (key, want)
WHERE pg_temp.sha256_numbers(key) <> want;
-- the same by the server's sha256(), over random keys
SELECT count(*) FROM (SELECT md5(i::text)::uuid AS key FROM generate_series(1, 1000) i) k
WHERE mosaic.shard_sha256(key, 1000) <> ('x' || encode(substr(sha256(uuid_send(key)), 1, 4), 'hex'))::bit(32)::bigint % 1000
	OR mosaic.shard_sha256(key::text, 1000) <> ('x' || encode(substr(sha256(key::text::bytea), 1, 4), 'hex'))::bit(32)::bigint % 1000;

-- scenario 6: jump, n = 1, 2, 3, 4, 5, 8, 10, 16, 1024
CREATE FUNCTION pg_temp.jump_numbers(key bigint) RETURNS int[] LANGUAGE sql
	AS $$SELECT array_agg(mosaic.shard_jump(key, n) ORDER BY n) FROM unnest('{1,2,3,4,5,8,10,16,1024}'::int[]) n$$;
SELECT key, pg_temp.jump_numbers(key) AS got, want
FROM (VALUES (42::bigint, '{0,1,2,2,2,2,2,2,571}'::int[]), (12345, '{0,1,1,1,1,1,1,1,938}'), (1, '{0,0,0,0,0,6,6,6,549}'), (-1, '{0,1,2,2,2,7,9,10,313}'),
	(9223372036854775807, '{0,0,2,2,2,7,8,8,972}'), (0, '{0,0,0,0,0,0,0,0,0}')) v (key, want)
WHERE pg_temp.jump_numbers(key) <> want;
-- scenario 7: the vectors of the paper's implementations; growing from 4 to 5
SELECT mosaic.shard_jump(42, 57) AS "43", mosaic.shard_jump(3735883980, 666) AS "361", mosaic.shard_jump(256, 1024) AS "520";
SELECT count(*) FILTER (WHERE at4 <> at5) AS "19989", bool_and(at5 = 4) FILTER (WHERE at4 <> at5) AS only_to_the_new,
	count(*) FILTER (WHERE at4 = 0) AS "24996", count(*) FILTER (WHERE at4 = 1) AS "24997", count(*) FILTER (WHERE at4 = 2) AS "25005", count(*) FILTER (WHERE at4 = 3) AS "25002"
FROM (SELECT mosaic.shard_jump(k, 4) AS at4, mosaic.shard_jump(k, 5) AS at5 FROM generate_series(1, 100000) k) j;

-- scenario 8: native, bigint, n = 2, 3, 4, 8, 10, 16, 64, 1024, 4096
CREATE FUNCTION pg_temp.native_numbers(key bigint) RETURNS int[] LANGUAGE sql
	AS $$SELECT array_agg(mosaic.shard_native(key, n) ORDER BY n) FROM unnest('{2,3,4,8,10,16,64,1024,4096}'::int[]) n$$;
SELECT key, pg_temp.native_numbers(key) AS got, want
FROM (VALUES (0::bigint, '{0,2,0,0,8,0,48,432,2480}'::int[]), (1, '{0,2,0,0,0,8,56,952,4024}'), (42, '{0,0,2,2,4,2,34,610,2658}'),
	(12345, '{0,2,0,4,6,12,12,332,2380}'), (-1, '{1,2,1,5,9,5,37,933,4005}'), (1000001, '{1,1,3,3,3,3,3,451,3523}'),
	(-9223372036854775808, '{1,1,3,7,9,15,63,383,383}')) v (key, want)
WHERE pg_temp.native_numbers(key) <> want;
-- scenario 9: native, text, uuid and several columns
CREATE FUNCTION pg_temp.native_numbers(key text) RETURNS int[] LANGUAGE sql
	AS $$SELECT array_agg(mosaic.shard_native(key, n) ORDER BY n) FROM unnest('{2,3,4,8,10,16,64,1024,4096}'::int[]) n$$;
SELECT key, pg_temp.native_numbers(key) AS got, want
FROM (VALUES ('alice', '{1,1,1,5,3,5,21,981,981}'::int[]), ('bob', '{0,2,2,2,8,10,42,1002,1002}'), ('acme', '{1,2,3,3,1,3,19,275,3347}'),
	('', '{0,2,2,6,6,6,38,166,2214}')) v (key, want)
WHERE pg_temp.native_numbers(key) <> want;
SELECT array_agg(mosaic.shard_native('550e8400-e29b-41d4-a716-446655440000'::uuid, n) ORDER BY n) AS "{1,2,1,1,1,9,9,457,1481}"
FROM unnest('{2,3,4,8,10,16,64,1024,4096}'::int[]) n;
SELECT array_agg(mosaic.shard_native_row(n, 42::bigint, 'alice'::text) ORDER BY n) AS "{1,2,3,3,11,747}" FROM unnest('{2,3,4,8,16,1024}'::int[]) n;
SELECT mosaic.shard_native_row(1024, 42, 'alice') AS "747", mosaic.shard_native_row(1024, VARIADIC ARRAY['42', 'alice'])
		= mosaic.shard_native_row(1024, '42'::text, 'alice') AS variadic_array, mosaic.shard_native_row(1024, 42, NULL::text) AS null_column;

-- scenario 10: the server agrees, on random keys of every type
CREATE TABLE pure_int2 (k int2) PARTITION BY HASH (k);
CREATE TABLE pure_int4 (k int4) PARTITION BY HASH (k);
CREATE TABLE pure_int8 (k int8) PARTITION BY HASH (k);
CREATE TABLE pure_text (k text) PARTITION BY HASH (k);
CREATE TABLE pure_uuid (k uuid) PARTITION BY HASH (k);
CREATE TABLE pure_bytea (k bytea) PARTITION BY HASH (k);
CREATE TABLE pure_two (a int8, b text) PARTITION BY HASH (a, b);
CREATE TABLE pure_three (a uuid, b date, c int2) PARTITION BY HASH (a, b, c);
SELECT setseed(0.4);
CREATE TEMP TABLE random_keys AS
SELECT ((random() - 0.5) * 65535)::int2 AS k2, ((random() - 0.5) * 4294967295)::int4 AS k4,
	(('x' || md5(random()::text))::bit(64))::int8 AS k8, left(repeat(md5(random()::text), 3), (random() * 90)::int) || chr(200 + (random() * 5000)::int) AS kt,
	md5(random()::text)::uuid AS ku, decode(left(md5(random()::text), 2 * (random() * 16)::int), 'hex') AS kb, DATE '2000-01-01' + (random() * 20000)::int AS kd
FROM generate_series(1, 10000);
SELECT m, count(*) AS keys, count(*) FILTER (WHERE NOT (
	satisfies_hash_partition('pure_int2'::regclass, m, mosaic.shard_native(k2, m), k2)
	AND satisfies_hash_partition('pure_int4'::regclass, m, mosaic.shard_native(k4, m), k4)
	AND satisfies_hash_partition('pure_int8'::regclass, m, mosaic.shard_native(k8, m), k8)
	AND satisfies_hash_partition('pure_text'::regclass, m, mosaic.shard_native(kt, m), kt)
	AND satisfies_hash_partition('pure_uuid'::regclass, m, mosaic.shard_native(ku, m), ku)
	AND satisfies_hash_partition('pure_bytea'::regclass, m, mosaic.shard_native(kb, m), kb)
	AND satisfies_hash_partition('pure_two'::regclass, m, mosaic.shard_native_row(m, k8, kt), k8, kt)
	AND satisfies_hash_partition('pure_three'::regclass, m, mosaic.shard_native_row(m, ku, kd, k2), ku, kd, k2)
	AND mosaic.shard_native(k4, m) = mosaic.shard_native(k4::int8, m)
	AND mosaic.shard_native_row(m, k8) = mosaic.shard_native(k8, m))) AS disagree
FROM random_keys, unnest('{1,2,3,4,7,16,1024}'::int[]) m GROUP BY m ORDER BY m;
DROP TABLE pure_int2, pure_int4, pure_int8, pure_text, pure_uuid, pure_bytea, pure_two, pure_three;

-- scenario 11: for a power of two, built-in functions alone give the same
SELECT s, count(*) FROM random_keys, (VALUES (16, 3), (64, 35), (256, 227), (1024, 227), (4096, 2275), (16384, 10467)) v (s, c)
WHERE ((hashint8extended(k8, 8816678312871386365) & (s - 1)) + c) & (s - 1) = mosaic.shard_native(k8, s)
GROUP BY s ORDER BY s;

-- scenario 12: Redis Cluster
SELECT key, mosaic.shard_crc16_slot(key) AS got, want
FROM (VALUES ('123456789', 12739), ('user1000', 3443), ('{user1000}.following', 3443), ('foo{}{bar}', 8363), ('foo{{bar}}zap', 4015), ('foo{bar}{zap}', 5061),
	('alice', 749), ('', 0)) v (key, want)
WHERE mosaic.shard_crc16_slot(key) <> want;

-- scenario 13: Citus
SELECT mosaic.shard_citus_index(1, 32) AS "1", mosaic.shard_citus_index(42, 32) AS "27", mosaic.shard_citus_index(12345, 32) AS "15",
	mosaic.shard_citus_index(-1, 32) AS "18", mosaic.shard_citus_index('alice', 32) AS "21", mosaic.shard_citus_index('bob', 32) AS "0";
SELECT count(*) FROM random_keys, unnest('{1,3,7,32,100}'::int[]) n
WHERE mosaic.shard_citus_index(k8, n) <> least((hashint8(k8)::int8 + 2147483648) / (4294967296 / n), n - 1)
	OR mosaic.shard_citus_index(kt, n) <> least((hashtext(kt)::int8 + 2147483648) / (4294967296 / n), n - 1);

-- scenario 14: Vitess
SELECT mosaic.shard_vitess_ksid(1, 'hash') AS "166b40b44aba4bd6", mosaic.shard_vitess_ksid(2, 'hash') AS "06e7ea22ce92708f";
SELECT mosaic.shard_vitess_ksid(1, 'xxhash') AS "d46405367612b4b7", mosaic.shard_vitess_ksid(2, 'xxhash') AS "8b59801662b52160",
	mosaic.shard_vitess_ksid(3, 'xxhash') AS "a42c16f52a7c1626", mosaic.shard_vitess_ksid(99, 'xxhash') AS "200533312244abca";
SELECT mosaic.shard_vitess_ksid(1, 'numeric') AS numeric, mosaic.shard_vitess_ksid(1, 'reverse_bits') AS reverse_bits;
SELECT mosaic.shard_key_range(mosaic.shard_vitess_ksid(1, 'hash'), '{-80,80-}') AS "-80", mosaic.shard_key_range(mosaic.shard_vitess_ksid(1, 'xxhash'), '{-80,80-}') AS "80-",
	mosaic.shard_key_range(mosaic.shard_vitess_ksid(1, 'xxhash'), '{-40,40-80,80-c0,c0-}') AS "c0-",
	mosaic.shard_key_range(mosaic.shard_vitess_ksid(99, 'xxhash'), '{-40,40-80,80-c0,c0-}') AS "-40";
SELECT mosaic.shard_key_range('\x80', '{-80}') AS nobody, mosaic.shard_key_range('\x80', '{-}') AS everybody;
SELECT mosaic.shard_vitess_ksid(1, 'md5');
SELECT mosaic.shard_key_range('\x80', '{80}');
SELECT mosaic.shard_key_range('\x80', '{80-8}');
SELECT mosaic.shard_key_range('\x80', '{80-40}');
SELECT mosaic.shard_key_range('\x80', ARRAY[NULL]::text[]);

-- scenario 15: the poolers' SHA-1
SELECT array_agg(mosaic.shard_sha1(k, 12) ORDER BY k) AS "4,7,8,3,6,0,0,10,3,11,1,7,4,4,11,2,5,0,8,3" FROM generate_series(0, 19) k;

-- rendezvous: the order of members is nothing to it, a member more takes its
-- share and no more, and sequential keys favour nobody
SELECT count(*) FROM generate_series(1, 1000) k
WHERE mosaic.shard_rendezvous(k::text, '{a,b,c}') <> mosaic.shard_rendezvous(k::text, '{c,a,b}');
SELECT count(*) FILTER (WHERE before <> after) BETWEEN 24000 AND 26000 AS a_quarter_moves, bool_and(after = 'd') FILTER (WHERE before <> after) AS only_to_the_new
FROM (SELECT mosaic.shard_rendezvous(k::text, '{a,b,c}') AS before, mosaic.shard_rendezvous(k::text, '{a,b,c,d}') AS after FROM generate_series(1, 100000) k) r;
SELECT bool_and(abs(count - 12500) < 400) AS within_three_per_cent, count(*) AS members
FROM (SELECT count(*) FROM generate_series(1, 100000) k GROUP BY mosaic.shard_rendezvous(k::text, '{n0,n1,n2,n3,n4,n5,n6,n7}')) c;
SELECT mosaic.shard_rendezvous('k', '{}');
SELECT mosaic.shard_rendezvous('k', ARRAY['a', NULL]);

-- scenario 16: ids
SELECT created_at AT TIME ZONE 'UTC' AS created_at, shard, sequence FROM mosaic.shard_id_parts(3535543076107850759);
CREATE SEQUENCE pure_seq;
SELECT shard, sequence BETWEEN 0 AND 1023 AS sequence, created_at BETWEEN now() - interval '1 minute' AND now() + interval '1 minute' AS created_at
FROM mosaic.shard_id_parts(mosaic.shard_make_id(5, 'pure_seq'));
SELECT count(*), count(DISTINCT id), bool_and(id > previous) AS ascending, bool_and((mosaic.shard_id_parts(id)).shard = 8191) AS shard
FROM (SELECT id, lag(id, 1, 0::bigint) OVER (ORDER BY n) AS previous
	FROM (SELECT n, mosaic.shard_make_id(8191, 'pure_seq') AS id FROM generate_series(1, 20000) n) i) i;
SELECT mosaic.shard_make_id(5, 'pure_seq') <> mosaic.shard_make_id(6, 'pure_seq') AS differ;
-- a clock that went back, or a sequence that was set ahead, repeats nothing
SELECT setval('pure_seq', ((extract(epoch FROM now()) * 1000)::bigint - 1314220021721 + 3600000) << 10) > 0 AS set_an_hour_ahead;
SELECT mosaic.shard_make_id(5, 'pure_seq') < mosaic.shard_make_id(5, 'pure_seq') AS ascending;
SELECT mosaic.shard_make_id(8192, 'pure_seq');
SELECT mosaic.shard_make_id(-1, 'pure_seq');
\set VERBOSITY sqlstate
SELECT mosaic.shard_make_id(1, 'pg_class');
\set VERBOSITY terse
CREATE ROLE shard_pure_stranger;
SET ROLE shard_pure_stranger;
SELECT mosaic.shard_make_id(1, 'pure_seq');
RESET ROLE;
DROP ROLE shard_pure_stranger;
DROP SEQUENCE pure_seq;

-- NULL in, NULL out; n must be positive everywhere
SELECT num_nulls(mosaic.shard_native(NULL::bigint, 4), mosaic.shard_md5(NULL, 4), mosaic.shard_sha256(NULL::uuid, 4), mosaic.shard_jump(NULL, 4),
	mosaic.shard_rendezvous(NULL, '{a}'), mosaic.shard_crc16_slot(NULL), mosaic.shard_modulo(1, NULL)) AS "7";
SELECT mosaic.shard_native(1, 0);
SELECT mosaic.shard_native('a'::text, 0);
SELECT mosaic.shard_native('\x00'::bytea, 0);
SELECT mosaic.shard_native_row(0, 1);
SELECT mosaic.shard_md5('a', 0);
SELECT mosaic.shard_sha256('a'::text, -1);
SELECT mosaic.shard_sha1(1, 0);
SELECT mosaic.shard_jump(1, 0);
SELECT mosaic.shard_citus_index(1, 0);
SELECT mosaic.shard_native_row(4, point '(1,1)');

-- what has no stable bytes is refused
CREATE COLLATION shard_insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT mosaic.shard_native('a' COLLATE shard_insensitive, 4);
SELECT mosaic.shard_md5('a' COLLATE shard_insensitive, 4);
DROP COLLATION shard_insensitive;

-- usable where only IMMUTABLE functions are
CREATE TABLE pure_generated (id bigint, slot int GENERATED ALWAYS AS (mosaic.shard_native(id, 1024)) STORED, CHECK (mosaic.shard_native(id, 4) = 2));
INSERT INTO pure_generated VALUES (42) RETURNING slot;
INSERT INTO pure_generated VALUES (44);
DROP TABLE pure_generated;
