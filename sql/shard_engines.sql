-- What other engines are told of a map, as text.  test/t/036_shard_engines.pl
-- and 035_shard_fdw.pl have it carried out.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE SCHEMA engines;
SET search_path = engines;
CREATE EXTENSION postgres_fdw;
SELECT mosaic.shard_map_create('Riders', shards => 3, slots => 8);
SELECT mosaic.shard_node_add('n1', '10.0.0.1', dbname => 'a''b\c', fdw_server => 'north east', options => '{"sslmode": "require", "client_encoding": "UTF8", "application_name": "it''s"}');
SELECT mosaic.shard_node_add('n2', '/run/postgresql', 6432, 'app', fdw_server => 'south');
SELECT mosaic.shard_node_add('n3', '10.0.0.3', dbname => 'app');

-- Shards without a node are said to be.
SELECT mosaic.shard_pgbouncer_ini('Riders');
SELECT mosaic.shard_place('Riders', 0, 'n1'), mosaic.shard_place('Riders', 1, 'n2'), mosaic.shard_place('Riders', 2, 'n2');

-- PgBouncer
SELECT mosaic.shard_pgbouncer_ini('Riders');
SELECT mosaic.shard_pgbouncer_ini('Riders', '_fdw', 'session');
SELECT mosaic.shard_pgbouncer_ini('Riders', '-1.x');
SELECT mosaic.shard_pgbouncer_ini('Riders', ' x');
SELECT mosaic.shard_pgbouncer_ini('Riders', pool_mode => 'all');
SELECT mosaic.shard_pgbouncer_ini('Riders', E'\n[users]');
SELECT mosaic.shard_pgbouncer_ini('nobody');
SELECT mosaic.shard_pgbouncer_ini(NULL);

-- PL/Proxy: made, then changed.
SELECT mosaic.shard_plproxy_ddl('Riders');
CREATE FOREIGN DATA WRAPPER plproxy;
CREATE SERVER "Riders" FOREIGN DATA WRAPPER plproxy OPTIONS (p0 'dbname=old', p7 'dbname=gone', connection_lifetime '60');
SELECT mosaic.shard_plproxy_ddl('Riders');
SELECT mosaic.shard_plproxy_ddl('Riders') \gexec
SELECT mosaic.shard_plproxy_ddl('Riders');
SELECT srvoptions FROM pg_foreign_server WHERE srvname = 'Riders';
DROP SERVER "Riders";
SELECT mosaic.shard_add('Riders', 'gone'), mosaic.shard_add('Riders', 'last', 'n2'), mosaic.shard_drop('Riders', 3);
SELECT mosaic.shard_plproxy_ddl('Riders');
SELECT mosaic.shard_drop('Riders', 4);
SELECT mosaic.shard_plproxy_ddl('nobody');

-- postgres_fdw: what lacks, and nothing where nothing lacks.
CREATE TABLE "Orders" (rider integer NOT NULL, total numeric) PARTITION BY HASH (rider);
SELECT mosaic.shard_leaf_ddl('Riders', '"Orders"', 'n1');
SELECT mosaic.shard_leaf_ddl('Riders', '"Orders"', 'n3');
SELECT mosaic.shard_leaf_ddl('Riders', '"Orders"', 'n9');
SELECT mosaic.shard_fdw_ddl('Riders', '"Orders"');
SELECT mosaic.shard_fdw_ddl('Riders', '"Orders"') \gexec
SELECT mosaic.shard_fdw_ddl('Riders', '"Orders"');
SELECT mosaic.shard_assign_slots('Riders', 1, '{[0,1)}');
SELECT mosaic.shard_fdw_ddl('Riders', '"Orders"');
ALTER TABLE "Orders" DETACH PARTITION "Orders_s7";
SELECT mosaic.shard_fdw_ddl('Riders', '"Orders"');
CREATE TABLE here PARTITION OF "Orders" FOR VALUES WITH (MODULUS 8, REMAINDER 7);
SELECT count(*) FROM mosaic.shard_fdw_ddl('Riders', '"Orders"') WHERE shard_fdw_ddl ~ '_s7';
SELECT mosaic.shard_place('Riders', 2, 'n3');
SELECT mosaic.shard_fdw_ddl('Riders', '"Orders"');
CREATE TABLE by_text (rider text) PARTITION BY HASH (rider);
SELECT mosaic.shard_fdw_ddl('Riders', 'by_text');
CREATE TABLE by_range (rider bigint) PARTITION BY RANGE (rider);
SELECT mosaic.shard_leaf_ddl('Riders', 'by_range', 'n1');
SELECT mosaic.shard_leaf_ddl('Riders', 'here', 'n1');
SELECT mosaic.shard_map_create('Lists', 'list', 'text', shards => 1);
SELECT mosaic.shard_fdw_ddl('Lists', 'by_text');
CREATE TABLE a_name_that_is_so_long_that_with_a_slot_it_has_64_bytes_or_more (rider bigint) PARTITION BY HASH (rider);
SELECT mosaic.shard_leaf_ddl('Riders', 'a_name_that_is_so_long_that_with_a_slot_it_has_64_bytes_or_more', 'n1');

-- The condition by built-in functions is the map.
SELECT mosaic.shard_slot_condition('Riders', '{[0,2),[5,6)}', 'select');
SELECT mosaic.shard_slot_condition('Riders', '{[8,9)}', 'rider');
SELECT mosaic.shard_slot_condition('Lists', '{[0,1)}', 'rider');
SELECT mosaic.shard_slot_condition('nobody', '{[0,1)}', 'rider');
SELECT mosaic.shard_map_create('Dates', key_type => 'date');
SELECT mosaic.shard_slot_condition('Dates', '{[0,1)}', 'rider');
SELECT mosaic.shard_map_create('many', slots => 65536), mosaic.shard_map_create('one', slots => 1),
	mosaic.shard_map_create('texts', key_type => 'text'), mosaic.shard_map_create('uuids', key_type => 'uuid', slots => 4096);
CREATE TABLE keys AS SELECT n AS number, n::smallint AS small, 'k' || n AS word, md5(n::text)::uuid AS id FROM generate_series(-3000, 3000) n;
SELECT format('SELECT %L AS map, count(*), count(*) FILTER (WHERE (%s) IS DISTINCT FROM (mosaic.shard_slot_for(%L, %I) <@ %L::int4multirange)) AS wrong FROM keys',
	map, mosaic.shard_slot_condition(map, slots, key), map, key, slots)
FROM (VALUES ('Riders', '{[0,2),[5,6)}'::int4multirange, 'number'::name), ('Riders', '{[3,7)}', 'small'), ('many', '{[100,30000)}', 'number'), ('one', '{[0,1)}', 'number'),
	('texts', '{[0,100),[512,513)}', 'word'), ('uuids', '{[7,2000)}', 'id')) v (map, slots, key) \gexec

-- Moves
CREATE TABLE "it's" (rider bigint PRIMARY KEY);
SELECT mosaic.shard_place('Riders', 2, 'n2');
SELECT step, node, command FROM mosaic.shard_move_ddl('Riders', '{[1,3)}', 2, '"it''s"', 'rider');
SELECT mosaic.shard_move_ddl('Riders', '{[1,5)}', 2, '"it''s"', 'rider');
SELECT mosaic.shard_move_ddl('Riders', '{[6,7)}', 1, '"it''s"', 'rider');
SELECT mosaic.shard_move_ddl('Riders', '{}', 1, '"it''s"', 'rider');
SELECT mosaic.shard_move_ddl('Riders', '{[6,7)}', 9, '"it''s"', 'rider');

-- They are not for everybody.
CREATE ROLE regress_engines;
SET ROLE regress_engines;
SELECT mosaic.shard_pgbouncer_ini('Riders');
SELECT mosaic.shard_plproxy_ddl('Riders');
SELECT mosaic.shard_slot_condition('Riders', '{[0,1)}', 'rider');
RESET ROLE;

SELECT count(mosaic.shard_map_drop(map)) FROM unnest('{Riders,Lists,Dates,many,one,texts,uuids}'::text[]) map;
SELECT count(mosaic.shard_node_drop(node)) FROM unnest('{n1,n2,n3}'::text[]) node;
DROP SCHEMA engines CASCADE;
DROP FOREIGN DATA WRAPPER plproxy;
DROP ROLE regress_engines;
