-- Partitions of partitions: RANGE over HASH, RANGE over LIST, LIST over RANGE
-- with its own retention, and three levels with every setting.
CREATE SCHEMA partition_levels;
SET search_path = partition_levels;
SET TimeZone = 'UTC';
CREATE FUNCTION tree(parent regclass) RETURNS TABLE (partition text, kind text, lower_bound text, upper_bound text) LANGUAGE sql AS
	$$ SELECT lpad('', 2 * (t.level - 1)) || p.partition::text, p.kind, p.lower_bound, p.upper_bound
	   FROM mosaic.partitions(parent) WITH ORDINALITY p JOIN pg_partition_tree(parent) t ON t.relid = p.partition ORDER BY p.ordinality $$;

-- RANGE over HASH: empty partitions are rebuilt under their names and bounds,
-- new ones arrive whole.
CREATE TABLE orders (at timestamptz NOT NULL, tenant integer NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, note text, PRIMARY KEY (at, tenant, id))
	PARTITION BY RANGE (at);
CREATE INDEX ON orders (tenant);
SELECT * FROM mosaic.create_parent('orders', '1 month', premake => 1, time_zone => 'UTC', reference_time => '2024-01-15');
SELECT * FROM mosaic.create_sub_parent('orders', 'HASH (tenant)', modulus => 2);
SELECT * FROM tree('orders');
SELECT level, partition_by, strategy, modulus FROM mosaic.partition_level WHERE parent = 'orders'::regclass;
INSERT INTO orders (at, tenant) SELECT '2024-01-31', n FROM generate_series(1, 20) n;
SELECT count(*) FROM mosaic.run_maintenance('orders', '2024-01-15');
SELECT action, partition, lower_bound, outcome FROM mosaic.run_maintenance('orders', '2024-02-01');
SELECT * FROM tree('orders');
SELECT command FROM mosaic.partition_log WHERE parent = 'orders'::regclass AND partition = 'partition_levels.orders_p20240301';
-- The indexes are one tree each, valid down to the leaves.
SELECT count(*) FILTER (WHERE NOT i.indisvalid) AS invalid, count(*) FROM pg_partition_tree('orders') t JOIN pg_index i ON i.indrelid = t.relid;
-- Scenario 66, a level down: dropped, reported for its table, repaired.
DROP TABLE orders_p20240201_p1;
SELECT severity, code, object, detail, hint FROM mosaic.partition_issues('2024-02-01') WHERE code <> 'missed_rows' AND set = 'orders'::regclass;
SELECT step, partition, lower_bound, upper_bound, reason FROM mosaic.plan('orders', '2024-02-01');
SELECT partition, outcome FROM mosaic.run_maintenance('orders', '2024-02-01');
SELECT code FROM mosaic.partition_issues('2024-02-01') WHERE code <> 'missed_rows' AND set = 'orders'::regclass;
-- Scenario 63: a partition of the user's own is adopted, whole or not; one
-- that is partitioned otherwise is left alone.
CREATE TABLE orders_2023 PARTITION OF orders FOR VALUES FROM ('2023-12-01') TO ('2024-01-01') PARTITION BY HASH (tenant);
CREATE TABLE orders_2023_a PARTITION OF orders_2023 FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE orders_2022 PARTITION OF orders FOR VALUES FROM ('2022-01-01') TO ('2023-01-01') PARTITION BY LIST (tenant);
CREATE TABLE orders_2021 PARTITION OF orders FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
SELECT partition, lower_bound, upper_bound FROM mosaic.run_maintenance('orders', '2024-02-01');
-- Scenario 64: the key column of a level is renamed.
ALTER TABLE orders RENAME COLUMN tenant TO customer;
SELECT partition, outcome FROM mosaic.run_maintenance('orders', '2024-03-01');
SELECT pg_get_partkeydef('orders_p20240401'::regclass);
-- Scenario 67: what the parent got in the meantime, all the way down.
ALTER TABLE orders ADD COLUMN total numeric CHECK (total >= 0);
CREATE INDEX orders_note ON orders (note);
-- Options set above hold for the leaves, which alone can have any.
UPDATE mosaic.partition_set SET table_options = '{fillfactor=55}' WHERE parent = 'orders'::regclass;
SELECT partition, outcome FROM mosaic.run_maintenance('orders', '2024-04-01');
SELECT relname, relkind, reloptions FROM pg_class WHERE relname LIKE 'orders_p20240501%' AND relkind IN ('r', 'p') ORDER BY 1;
UPDATE mosaic.partition_set SET table_options = '{fillfactor=56}' WHERE parent = 'orders'::regclass;
DROP TABLE orders_p20240501_p1;
SELECT partition FROM mosaic.run_maintenance('orders', '2024-04-01');
SELECT reloptions FROM pg_class WHERE relname = 'orders_p20240501_p1';
SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = 'orders_p20240501_p1'::regclass AND attnum > 0 ORDER BY attnum;
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'orders_p20240501_p1'::regclass ORDER BY 1;
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'orders_p20240501_p1'::regclass AND contype <> 'n' ORDER BY 1;

-- Retention above: a partition goes with what is below it.  move takes all
-- tables along.
CREATE SCHEMA partition_levels_old;
UPDATE mosaic.partition_set SET retention = '1 month', retention_action = 'move', retention_schema = 'partition_levels_old' WHERE parent = 'orders'::regclass;
SELECT action, partition, outcome FROM mosaic.run_maintenance('orders', '2024-03-01') WHERE lower_bound > '2023';
SELECT count(*) FROM pg_class WHERE relnamespace = 'partition_levels_old'::regnamespace AND relkind IN ('r', 'p');
UPDATE mosaic.partition_set SET retention_action = 'drop' WHERE parent = 'orders'::regclass;
SELECT action, partition, outcome FROM mosaic.run_maintenance('orders', '2024-04-01');
SELECT to_regclass('orders_p20240201_p0');
-- drop_parent() forgets the levels too and leaves every table.
SELECT count(*) FROM pg_partition_tree('orders');
SELECT mosaic.drop_parent('orders');
SELECT count(*) FROM mosaic.partition_level;
SELECT count(*) FROM pg_partition_tree('orders');
DROP TABLE orders;

-- RANGE over LIST: keys of a level are assigned through the parent, and below
-- each partition there is one more.
CREATE TABLE visits (at date NOT NULL, region text) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('visits', '1 day', premake => 1, reference_time => '2024-01-01 12:00');
SELECT * FROM mosaic.create_sub_parent('visits', 'LIST (region)', lists => '{"eu": ["DE", "FR"], "none": [null]}', reference_time => '2024-01-01 12:00');
SELECT * FROM tree('visits');
SELECT * FROM mosaic.list_assign('visits', 'na', '{US}');
SELECT * FROM mosaic.list_assign('visits_p20240101', 'eu', '{IT}');
SELECT * FROM mosaic.list_assign('visits', 'asia', '{US}');
SELECT * FROM mosaic.list_assign('visits_p20240101_eu', 'asia', '{JP}');
SELECT lists FROM mosaic.partition_level WHERE parent = 'visits'::regclass;
SELECT partition FROM mosaic.run_maintenance('visits', '2024-01-02 12:00');
SELECT * FROM tree('visits') WHERE partition ~ '20240103';
SELECT mosaic.drop_parent('visits');
DROP TABLE visits;

-- LIST over RANGE, each with its own coverage and retention.
CREATE TABLE events (tenant text, at timestamptz) PARTITION BY LIST (tenant);
SELECT count(*) FROM mosaic.create_parent('events', lists => '{"a": ["a"], "b": ["b"]}');
SELECT * FROM mosaic.create_sub_parent('events', 'RANGE (at)', '1 day', premake => 1, retention => '2 days', time_zone => 'UTC', reference_time => '2024-01-01 12:00');
SELECT * FROM tree('events');
SELECT action, partition, outcome FROM mosaic.run_maintenance('events', '2024-01-04 12:00');
SELECT action, partition, reason FROM mosaic.plan('events', '2024-01-05 00:00');
SELECT code, severity, object, detail FROM mosaic.partition_issues('2024-01-06 12:00') WHERE code <> 'missed_rows' AND set = 'events'::regclass ORDER BY object;
SELECT code, severity, object, detail FROM mosaic.partition_issues('2024-01-05 12:00') WHERE code <> 'missed_rows' AND set = 'events'::regclass ORDER BY object;
SELECT expired FROM mosaic.partition_coverage('2024-01-05 00:00') WHERE parent = 'events'::regclass;
-- mosaic.max_drops counts a whole set.
SET mosaic.max_drops = 3;
SELECT count(*) FROM mosaic.plan('events', '2024-01-07 00:00') WHERE action = 'drop' AND reason NOT LIKE 'held back, %';
SELECT code, detail FROM mosaic.partition_issues('2024-01-07 00:00') WHERE code <> 'missed_rows' AND set = 'events'::regclass AND code LIKE 'ret%';
SET mosaic.max_drops = 4;
SELECT count(*) FROM mosaic.plan('events', '2024-01-07 00:00') WHERE action = 'drop';
RESET mosaic.max_drops;
-- A level that makes no new partitions still gets whole trees above it.
UPDATE mosaic.partition_level SET create_paused = true, premake = 0 WHERE parent = 'events'::regclass;
SELECT action, partition FROM mosaic.run_maintenance('events', '2024-01-06 12:00');
SELECT * FROM mosaic.list_assign('events', 'c', '{c}');
SELECT count(*) FROM pg_partition_tree('events_c') WHERE isleaf;
SELECT mosaic.drop_parent('events');
DROP TABLE events;

-- Scenario 69: a new tenant gets its whole tree in one transaction.
CREATE TABLE readings (tenant integer, at date) PARTITION BY LIST (tenant);
SELECT count(*) FROM mosaic.create_parent('readings', lists => (SELECT jsonb_object_agg('t' || n, ARRAY[n]) FROM generate_series(1, 40) n));
SELECT count(*) FROM mosaic.create_sub_parent('readings', 'RANGE (at)', '1 day', premake => 9, reference_time => '2024-01-01');
SELECT count(*), count(*) FILTER (WHERE isleaf) AS leaves FROM pg_partition_tree('readings');
SELECT * FROM mosaic.list_assign('readings', 't41', '{41}');
SELECT count(*), count(DISTINCT outcome) FROM mosaic.run_maintenance('readings', '2024-01-02');
SELECT count(*) FROM mosaic.run_maintenance('readings', '2024-01-02');
SELECT mosaic.drop_parent('readings');
DROP TABLE readings;

-- Three levels, every setting of every level other than its default.
CREATE ROLE mosaic_levels_reader;
CREATE TABLE items (region text NOT NULL, at timestamptz NOT NULL, customer bigint NOT NULL, body text, UNIQUE (region, at, customer)) PARTITION BY LIST (region);
SELECT count(*) FROM mosaic.create_parent('items', lists => '{"eu": ["DE"]}', time_zone => 'Asia/Tokyo');
SELECT * FROM mosaic.create_sub_parent('items', 'RANGE (at)', '7 days', premake => 1, retention => '30 days', time_zone => 'America/New_York', reference_time => '2024-03-06');
SELECT * FROM mosaic.create_sub_parent('items', 'HASH (customer)', modulus => 2, time_zone => 'Europe/Paris', reference_time => '2024-03-06');
SELECT * FROM tree('items');
SET allow_in_place_tablespaces = on;
CREATE TABLESPACE mosaic_levels_space LOCATION '';
ALTER TABLE items SET TABLESPACE mosaic_levels_space;
ALTER TABLE items ALTER region SET STATISTICS 11, ALTER customer SET STATISTICS 12;
ALTER TABLE items REPLICA IDENTITY USING INDEX items_region_at_customer_key;
GRANT SELECT, UPDATE (body) ON items TO mosaic_levels_reader;
CREATE STATISTICS items_mcv (dependencies) ON region, customer FROM items;
UPDATE mosaic.partition_set SET name_pattern = '{parent}-{bound}', inherit_privileges = true WHERE parent = 'items'::regclass;
UPDATE mosaic.partition_level SET premake = 2, retention = '40 days', retention_action = 'detach', time_zone = 'Europe/London', partition_interval = '1 month',
	name_pattern = '{parent}~{bound}', retain_partitions = 2, inherit_privileges = true WHERE parent = 'items'::regclass AND level = 2;
UPDATE mosaic.partition_level SET name_pattern = '{parent}#{bound}', table_options = '{fillfactor=71,toast.autovacuum_enabled=false,autovacuum_vacuum_scale_factor=0.01}',
	inherit_privileges = true WHERE parent = 'items'::regclass AND level = 3;
CREATE FUNCTION properties(parent regclass) RETURNS TABLE (partition text, clause text, tablespace name, options text[], toast text[], identity "char", targets text, grants text, statistics bigint) LANGUAGE sql AS
	$$ SELECT lpad('', 2 * t.level) || t.relid::regclass::text, CASE WHEN t.isleaf THEN pg_get_expr(c.relpartbound, c.oid) ELSE pg_get_partkeydef(c.oid) END, s.spcname, c.reloptions, o.reloptions, c.relreplident,
			(SELECT string_agg(a.attname || ' ' || a.attstattarget, ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attstattarget >= 0),
			concat_ws(', ', (SELECT string_agg(x.privilege_type, ', ') FROM aclexplode(c.relacl) x WHERE x.grantee = 'mosaic_levels_reader'::regrole),
				(SELECT string_agg(x.privilege_type || ' ' || a.attname, ', ') FROM pg_attribute a, aclexplode(a.attacl) x WHERE a.attrelid = c.oid AND x.grantee = 'mosaic_levels_reader'::regrole)),
			(SELECT count(*) FROM pg_statistic_ext e WHERE e.stxrelid = c.oid)
	   FROM pg_partition_tree(parent) t JOIN pg_class c ON c.oid = t.relid LEFT JOIN pg_class o ON o.oid = c.reltoastrelid LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
	   ORDER BY t.relid::regclass::text COLLATE "C" $$;
-- A new region, made by list_assign() under today's clock and by a pass under
-- a fixed one, and a new month below it: all of it has all of them.
SELECT * FROM mosaic.list_assign('items', 'na', '{US}');
DROP TABLE "items-na";
SELECT action, partition FROM mosaic.run_maintenance('items', '2024-03-20') WHERE partition ~ 'items-na';
SELECT action, partition FROM mosaic.run_maintenance('items', '2024-04-20') WHERE partition ~ 'items-na';
\x on
SELECT * FROM properties('"items-na"') WHERE partition !~ '~' OR partition ~ '20240[36]';
\x off
SELECT count(*), count(DISTINCT (p.tablespace, p.options, p.toast, p.identity, p.targets, p.grants, p.statistics)) AS kinds
FROM properties('"items-na"') p JOIN pg_class c ON c.oid = btrim(p.partition)::regclass WHERE c.relkind = 'r';
SELECT lower_bound, upper_bound FROM tree('items') WHERE partition ~ 'items-na~' AND kind = 'range';
SELECT mosaic.drop_parent('items');
DROP TABLE items;

-- From nothing, with fixed clocks: three levels whose settings differ.
CREATE TABLE items (region text NOT NULL, at timestamptz NOT NULL, customer bigint NOT NULL) PARTITION BY LIST (region);
SELECT count(*) FROM mosaic.create_parent('items', lists => '{"eu": ["DE"]}');
SELECT count(*) FROM mosaic.create_sub_parent('items', 'RANGE (at)', '1 month', premake => 1, time_zone => 'America/New_York', reference_time => '2024-03-06');
SELECT count(*) FROM mosaic.create_sub_parent('items', 'HASH (customer)', modulus => 2);
UPDATE mosaic.partition_level SET premake = 2, retention = '50 days', retention_action = 'detach', time_zone = 'Europe/London', name_pattern = '{parent}~{bound}' WHERE level = 2;
UPDATE mosaic.partition_level SET name_pattern = '{parent}#{bound}', table_options = '{fillfactor=71}' WHERE level = 3;
DROP TABLE items_eu;
SELECT action, partition, outcome FROM mosaic.run_maintenance('items', '2024-05-15');
SELECT * FROM tree('items');
SELECT count(*) FROM pg_partition_tree('items') t JOIN pg_class c ON c.oid = t.relid WHERE t.isleaf AND c.reloptions = '{fillfactor=71}';
SELECT action, partition, outcome FROM mosaic.run_maintenance('items', '2024-08-10');
SELECT relkind FROM pg_class WHERE oid = 'items_eu~20240501'::regclass AND NOT relispartition;
-- UPDATE of a level knows the rules of create_sub_parent().
UPDATE mosaic.partition_level SET premake = -1 WHERE level = 2;
UPDATE mosaic.partition_level SET partition_interval = '0 days' WHERE level = 2;
UPDATE mosaic.partition_level SET partition_interval = NULL WHERE level = 2;
UPDATE mosaic.partition_level SET retention = '5' WHERE level = 2;
UPDATE mosaic.partition_level SET time_zone = 'Mars/Base' WHERE level = 2;
UPDATE mosaic.partition_level SET retention_action = 'move' WHERE level = 2;
UPDATE mosaic.partition_level SET name_pattern = '{parent}' WHERE level = 3;
UPDATE mosaic.partition_level SET table_options = '{fillfactor=1000}' WHERE level = 3;
UPDATE mosaic.partition_level SET retention = '5 days' WHERE level = 3;
UPDATE mosaic.partition_level SET auto_lists = true WHERE level = 3;
ALTER TABLE items ENABLE ROW LEVEL SECURITY;
UPDATE mosaic.partition_level SET inherit_privileges = true WHERE level = 3;
ALTER TABLE items DISABLE ROW LEVEL SECURITY;
SET ROLE mosaic_levels_reader;
SELECT count(*) FROM mosaic.partition_level;
UPDATE mosaic.partition_level SET modulus = 3;
RESET ROLE;

-- What create_sub_parent() refuses, with nothing left behind.
CREATE TABLE bad (at date NOT NULL, k integer NOT NULL, v text, PRIMARY KEY (at, k)) PARTITION BY RANGE (at);
SELECT * FROM mosaic.create_sub_parent('bad', 'HASH (k)', modulus => 2);
SELECT count(*) FROM mosaic.create_parent('bad', '1 day', premake => 2, reference_time => '2024-01-01');
INSERT INTO bad VALUES ('2024-01-02', 1, 'x'), ('2024-01-02', 2, 'x');
CREATE FUNCTION tables() RETURNS TABLE (name text, filenode oid) LANGUAGE sql AS $$ SELECT relname::text, relfilenode FROM pg_class WHERE relnamespace = 'partition_levels'::regnamespace AND relkind IN ('r', 'p') $$;
CREATE TABLE before AS SELECT * FROM tables();
CREATE PROCEDURE refused(call text) LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text; hint text;
BEGIN
	BEGIN
		EXECUTE 'SELECT * FROM mosaic.create_sub_parent(''bad'', ' || call || ')';
		RAISE EXCEPTION 'accepted';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	END;
	message := replace(message, 'PRIMARY KEY constraint on part', 'unique constraint on part'); -- as 19 says it
	RAISE NOTICE E'% %\n  DETAIL: %\n  HINT: %', state, message, detail, hint;
	IF EXISTS (SELECT FROM mosaic.partition_level WHERE parent = 'bad'::regclass) OR EXISTS (TABLE before EXCEPT SELECT * FROM tables()) OR EXISTS (SELECT * FROM tables() WHERE name <> 'before' EXCEPT TABLE before) THEN
		RAISE EXCEPTION 'something was left behind';
	END IF;
END $$;
-- Rows in plain partitions: what would have to be rebuilt is named.
CALL refused($$'HASH (k)', modulus => 2$$);
DELETE FROM bad;
CALL refused($$NULL, modulus => 2$$);
CALL refused($$'', modulus => 2$$);
CALL refused($$'HASH', modulus => 2$$);
CALL refused($$'ROUND ROBIN (k)', modulus => 2$$);
CALL refused($$'HASH (k) WITH (fillfactor = 70)', modulus => 2$$);
CALL refused($$'HASH (k) TABLESPACE pg_default', modulus => 2$$);
CALL refused($$'HASH (k); DROP TABLE bad', modulus => 2$$);
CALL refused($$'HASH (k) -- ', modulus => 2$$);
CALL refused($$'HASH (nothing)', modulus => 2$$);
CALL refused($$'HASH (v)', modulus => 2$$);
CALL refused($$'HASH (k)'$$);
CALL refused($$'HASH (k)', modulus => 0$$);
CALL refused($$'HASH (k)', lists => '{"a": [1]}'$$);
CALL refused($$'HASH (k)', '1 day', modulus => 2$$);
CALL refused($$'LIST (k)'$$);
CALL refused($$'LIST (k)', lists => '{"a": ["x"]}'$$);
CALL refused($$'LIST (k)', lists => '[]'$$);
CALL refused($$'LIST (k, at)', lists => '{"a": [1]}'$$);
CALL refused($$'RANGE (k)'$$);
CALL refused($$'RANGE (k)', '1 day'$$);
CALL refused($$'RANGE (k, at)', '10'$$);
CALL refused($$'RANGE (k)', '10', retention => '3 days'$$);
CALL refused($$'RANGE (at)', '1 hour'$$);
CALL refused($$'LIST (at)', lists => '{"a": ["2024-01-01"]}'$$);
CALL refused($$'HASH (k)', modulus => 2, premake => NULL$$);
CALL refused($$'HASH (k)', modulus => 2, reference_time => NULL$$);
CALL refused($$'HASH (k)', modulus => 2, time_zone => 'Mars/Base'$$);
\set VERBOSITY sqlstate
SELECT * FROM mosaic.create_sub_parent('bad', 'HASH (k)', modulus => 50000);
\set VERBOSITY default
SELECT * FROM mosaic.create_sub_parent('bad_p20240101', 'HASH (k)', modulus => 2);
SELECT * FROM mosaic.create_sub_parent(NULL, 'HASH (k)', modulus => 2);
GRANT USAGE ON SCHEMA partition_levels TO mosaic_levels_reader;
SET ROLE mosaic_levels_reader;
SELECT * FROM mosaic.create_sub_parent('partition_levels.bad', 'HASH (k)', modulus => 2);
RESET ROLE;
-- One that is partitioned so already is kept with its rows; one partitioned
-- otherwise is named.
DROP TABLE bad_p20240101;
CREATE TABLE bad_whole PARTITION OF bad FOR VALUES FROM ('2024-01-01') TO ('2024-01-02') PARTITION BY HASH (k);
CREATE TABLE bad_whole_1 PARTITION OF bad_whole FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO bad VALUES ('2024-01-01', 1);
SELECT * FROM mosaic.create_sub_parent('bad', 'RANGE (k)', '10');
SELECT * FROM mosaic.create_sub_parent('bad', 'HASH (k)', modulus => 2);
SELECT * FROM mosaic.create_sub_parent('bad', 'HASH (k)', modulus => 4);
SELECT * FROM tree('bad');
-- Storage options, foreign keys and rows elsewhere do not get in the way.
SELECT mosaic.drop_parent('bad');
DROP TABLE bad;
CREATE TABLE kinds (id integer PRIMARY KEY);
CREATE TABLE jobs (at date NOT NULL, kind integer REFERENCES kinds, id integer NOT NULL, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
CREATE TABLE runs (job_at date, job integer, FOREIGN KEY (job_at, job) REFERENCES jobs);
SELECT count(*) FROM mosaic.create_parent('jobs', '1 day', premake => 0, default_partition => true, reference_time => '2024-01-01');
ALTER TABLE jobs_p20240101 SET (fillfactor = 33);
SELECT * FROM mosaic.create_sub_parent('jobs', 'HASH (id)', modulus => 2);
SELECT relname, reloptions FROM pg_class WHERE relname ~ '^jobs_p' AND relkind = 'r' ORDER BY 1;
SELECT * FROM tree('jobs');
INSERT INTO kinds VALUES (1);
INSERT INTO jobs VALUES ('2024-01-01', 1, 1), ('2020-01-01', 1, 1);
INSERT INTO runs VALUES ('2024-01-01', 1);
INSERT INTO jobs VALUES ('2024-01-01', 2, 2);

SELECT count(mosaic.drop_parent(parent)) FROM mosaic.partition_set;
SET client_min_messages = warning;
DROP SCHEMA partition_levels, partition_levels_old CASCADE;
DROP TABLESPACE mosaic_levels_space;
DROP ROLE mosaic_levels_reader;
