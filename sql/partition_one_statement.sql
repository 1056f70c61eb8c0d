-- What one statement has written, the next function in the same statement sees:
-- sets, levels, lists and holds are read as they are, not as they were when the
-- statement began.
SET timezone = 'UTC';
SET DateStyle = 'ISO';
CREATE SCHEMA one_statement;
SET search_path = one_statement, public;

CREATE TABLE events (at timestamptz NOT NULL, region text NOT NULL) PARTITION BY RANGE (at);
SELECT CASE WHEN (SELECT count(*) FROM mosaic.create_parent('events', '1 day', premake => 1, time_zone => 'Asia/Tokyo', reference_time => '2024-01-15 12:00+00')) = 2
	THEN (SELECT string_agg(action || ' ' || partition || ' ' || lower_bound, ', ' ORDER BY lower_bound) FROM mosaic.run_maintenance('events', '2024-01-16 12:00+00')) END AS made;

-- In the zone of a set that is a moment old.
CREATE TABLE readings (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT CASE WHEN (SELECT count(*) FROM mosaic.create_parent('readings', '1 day', premake => 0, time_zone => 'Asia/Tokyo', reference_time => '2024-01-15 12:00+00')) = 1
	THEN (SELECT lower_bound FROM mosaic.partitions('readings')) END AS lower_bound;

-- A level, and at once the partitions that it makes.
SELECT CASE WHEN (SELECT count(*) FROM mosaic.create_sub_parent('events', 'LIST (region)', lists => '{"eu": ["DE"]}', reference_time => '2024-01-15 12:00+00')) = 3
	THEN (SELECT count(*) FROM mosaic.list_assign('events', 'na', ARRAY['US'])) END AS made;
SELECT (SELECT count(*) FROM mosaic.list_assign('events', 'asia', ARRAY['JP'])) AS asia, (SELECT count(*) FROM mosaic.list_assign('events', 'africa', ARRAY['KE'])) AS africa;
SELECT lists FROM mosaic.partition_level WHERE parent = 'events'::regclass;
\set VERBOSITY terse
SELECT mosaic.list_assign('events', 'asia', ARRAY['KR']), mosaic.list_assign('events', 'other', ARRAY['KR']);

-- A partition that is held is not retired, nor one of a set that is forgotten.
UPDATE mosaic.partition_set SET retention = '1 day', create_paused = true WHERE parent = 'readings'::regclass;
INSERT INTO readings VALUES ('2024-01-15 12:00+00');
CREATE TABLE readings_next PARTITION OF readings FOR VALUES FROM ('2024-01-16 00:00+09') TO ('2024-01-17 00:00+09');
SELECT mosaic.hold_partition('readings_p20240115'), (SELECT count(*) FROM mosaic.run_maintenance('readings', '2024-02-15 12:00+00')) AS retired;
SELECT mosaic.release_partition('readings_p20240115'), (SELECT count(*) FROM mosaic.run_maintenance('readings', '2024-02-15 12:00+00')) AS retired;
SELECT mosaic.drop_parent('readings'), (SELECT count(*) FROM mosaic.run_maintenance('readings', '2024-02-15 12:00+00')) AS forgotten;

-- And where the server reads in parallel, nothing is written.
CREATE TABLE many AS SELECT n FROM generate_series(1, 20000) n;
SELECT set_config(name, value, false) IS NOT NULL AS set FROM (VALUES ('parallel_setup_cost', '0'), ('parallel_tuple_cost', '0'), ('min_parallel_table_scan_size', '0')) v (name, value);
SELECT count(*) FROM many WHERE n < 5 AND (SELECT count(*) FROM mosaic.partitions('events')) + n > 0;
SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT count(*) FROM mosaic.partition_bounds('events');

RESET search_path;
SELECT mosaic.drop_parent('one_statement.events');
SELECT count(mosaic.drop_parent(parent)) FROM mosaic.partition_set;
SET client_min_messages = warning;
DROP SCHEMA one_statement CASCADE;
