-- Partitions that differ from their parent or set, and what new ones get.
CREATE SCHEMA partition_drift;
SET search_path = partition_drift;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET allow_in_place_tablespaces = on;
CREATE TABLESPACE partition_drift_space LOCATION '';
CREATE ROLE partition_drift_owner;
CREATE ROLE "partition drift ""reader""";
GRANT USAGE, CREATE ON SCHEMA partition_drift TO partition_drift_owner;

-- What the parent and the set say, the new partitions have: RANGE, LIST, HASH,
-- and leaves below another level.
CREATE PROCEDURE prepare(parent regclass) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('ALTER TABLE %s SET TABLESPACE partition_drift_space', parent);
	EXECUTE format('ALTER TABLE %s ALTER v SET STATISTICS 123', parent);
	EXECUTE format('CREATE UNIQUE INDEX %I ON %s (k, id)', parent || '_identity', parent);
	EXECUTE format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', parent, parent || '_identity');
	EXECUTE format('CREATE STATISTICS %I (dependencies) ON k, v FROM %s', parent || '_related', parent);
	EXECUTE format('GRANT SELECT ON %s TO "partition drift ""reader"""', parent);
END $$;
-- (unlogged, where a partitioned table can be: before 18)
SELECT CASE WHEN current_setting('server_version_num')::integer < 180000 THEN 'UNLOGGED' ELSE '' END AS unlogged \gset
CREATE :unlogged TABLE by_range (k integer NOT NULL, id integer NOT NULL, v text) PARTITION BY RANGE (k);
CREATE :unlogged TABLE by_list (LIKE by_range) PARTITION BY LIST (k);
CREATE :unlogged TABLE by_hash (LIKE by_range) PARTITION BY HASH (k);
CREATE :unlogged TABLE by_level (LIKE by_range) PARTITION BY RANGE (k);
CALL prepare('by_range');
CALL prepare('by_list');
CALL prepare('by_hash');
CALL prepare('by_level');
BEGIN;
SELECT count(*) FROM mosaic.create_parent('by_range', '10', premake => 0);
SELECT count(*) FROM mosaic.create_parent('by_list', lists => '{"a": [1]}');
SELECT count(*) FROM mosaic.create_parent('by_hash', modulus => 1);
SELECT count(*) FROM mosaic.create_parent('by_level', '10', premake => 0);
SELECT count(*) FROM mosaic.create_sub_parent('by_level', 'HASH (id)', modulus => 1);
UPDATE mosaic.partition_set SET inherit_privileges = true, table_options = '{fillfactor=66,toast.autovacuum_enabled=off}';
COMMIT;
UPDATE mosaic.partition_level SET inherit_privileges = true;
DROP TABLE by_range_p0, by_list_a, by_hash_p0, by_level_p0;
SELECT DISTINCT outcome FROM mosaic.run_maintenance();
CREATE VIEW properties AS
	SELECT c.oid::regclass::text AS partition, c.relpersistence = r.relpersistence AS persistence, s.spcname, c.reloptions, t.reloptions AS toast, c.relreplident,
		(SELECT x.indexrelid::regclass FROM pg_index x WHERE x.indrelid = c.oid AND x.indisreplident) AS identity,
		(SELECT a.attstattarget FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'v') AS target,
		(SELECT count(*) FROM pg_statistic_ext e WHERE e.stxrelid = c.oid) AS related,
		has_table_privilege('partition drift "reader"', c.oid, 'SELECT') AS "select"
	FROM pg_class c JOIN pg_class r ON r.oid = pg_partition_root(c.oid) LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
	WHERE c.relispartition AND c.relkind = 'r' AND c.relnamespace = 'partition_drift'::regnamespace;
SELECT * FROM properties ORDER BY partition COLLATE "C";
SELECT regexp_replace(command, '^.*ATTACH', '... ATTACH') FROM mosaic.partition_log WHERE parent = 'by_list'::regclass ORDER BY id DESC LIMIT 1;
SELECT * FROM mosaic.partition_drift() ORDER BY set::text, code;
DROP TABLE by_list, by_hash, by_level;
SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set WHERE parent <> 'by_range'::regclass;
-- A partition drained out of a default has all of it, too.
CREATE TABLE rest PARTITION OF by_range DEFAULT;
UPDATE mosaic.partition_set SET premake = 2;
INSERT INTO by_range VALUES (15, 1, 'v'), (25, 1, 'v'), (26, 1, 'v');
CALL mosaic.drain_default('by_range', 1);
SELECT * FROM properties WHERE partition <> 'rest' ORDER BY partition COLLATE "C";
DROP TABLE by_range;
SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;

-- Each difference, with the statement that mends it.
SET ROLE partition_drift_owner;
CREATE TABLE partition_drift."order's" (k integer NOT NULL, id integer NOT NULL, v text) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('"order''s"', '10', premake => 3);
RESET ROLE;
SELECT count(*) FROM mosaic.partition_differences();
ALTER TABLE "order's_p10" OWNER TO "partition drift ""reader""";
GRANT SELECT ON "order's_p0" TO "partition drift ""reader""", PUBLIC;
GRANT UPDATE (v) ON "order's_p20" TO partition_drift_owner, "partition drift ""reader""";
SELECT code FROM mosaic.partition_drift();
ALTER TABLE "order's" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "order's_p30" SET UNLOGGED;
ALTER TABLE "order's_p30" SET TABLESPACE partition_drift_space;
ALTER TABLE "order's_p30" REPLICA IDENTITY FULL;
UPDATE mosaic.partition_set SET table_options = '{fillfactor=66,toast.autovacuum_enabled=off}';
ALTER TABLE "order's_p0" SET (fillfactor = 66, toast.autovacuum_enabled = off);
CREATE INDEX by_v ON ONLY "order's" (v);
CREATE INDEX ON "order's_p0" (v);
ALTER INDEX by_v ATTACH PARTITION "order's_p0_v_idx";
INSERT INTO "order's" VALUES (11, 1, 'twice'), (12, 1, 'twice');
\set VERBOSITY terse
CREATE UNIQUE INDEX CONCURRENTLY broken ON "order's_p10" (v);
\set VERBOSITY default
SELECT severity, code, partition, detail, hint FROM mosaic.partition_differences() ORDER BY code, partition::text COLLATE "C";
SELECT severity, code, set, object, detail, hint FROM mosaic.partition_drift() ORDER BY code;
SELECT code FROM mosaic.issues WHERE set = '"order''s"'::regclass ORDER BY code;
SELECT detail FROM mosaic.issues WHERE code = 'set_invalid';
-- With the parent's own.
ALTER TABLE "order's" ADD UNIQUE (k, id);
ALTER TABLE "order's" REPLICA IDENTITY USING INDEX "order's_k_id_key";
SELECT partition, hint FROM mosaic.partition_differences() WHERE code = 'replica_identity_differs' ORDER BY partition::text COLLATE "C";
-- What the hints say, done.
DO $$
DECLARE mend text;
BEGIN
	FOR mend IN SELECT hint FROM mosaic.partition_differences() WHERE code <> 'index_invalid' ORDER BY code LOOP
		EXECUTE replace(mend, 'CONCURRENTLY ', '');
	END LOOP;
END $$;
DELETE FROM "order's" WHERE k = 12;
REINDEX INDEX CONCURRENTLY broken;
SELECT code, partition FROM mosaic.partition_differences();

-- Scenarios 64 and 67: all renamed and changed in the middle; a partition of
-- the default's rows is as the parent is now.
SET ROLE partition_drift_owner;
CREATE TABLE partition_drift."order's_rest" PARTITION OF partition_drift."order's" DEFAULT;
RESET ROLE;
DROP TABLE "order's_p20";
INSERT INTO "order's" VALUES (25, 1, 'moves');
CREATE SCHEMA partition_drift_two;
GRANT USAGE, CREATE ON SCHEMA partition_drift_two TO partition_drift_owner;
ALTER TABLE "order's" SET SCHEMA partition_drift_two;
ALTER TABLE partition_drift_two."order's" RENAME TO purchases;
ALTER TABLE partition_drift_two.purchases RENAME k TO "the key";
ALTER TABLE partition_drift_two.purchases DROP COLUMN v CASCADE;
ALTER TABLE partition_drift_two.purchases ADD COLUMN note text DEFAULT 'new' CHECK (note <> ''), ALTER id TYPE bigint;
CREATE INDEX ON partition_drift_two.purchases (note);
CALL mosaic.drain_default('partition_drift_two.purchases');
\d partition_drift_two.purchases_p20
SELECT tableoid::regclass, * FROM partition_drift_two.purchases ORDER BY 2;
-- Scenario 68: where a partition cannot be made, nothing is left, and the next
-- pass tries again.
DROP TABLE partition_drift_two.purchases_p20;
INSERT INTO partition_drift_two.purchases VALUES (26, 1);
REVOKE CREATE ON SCHEMA partition_drift_two FROM partition_drift_owner;
CALL mosaic.drain_default('partition_drift_two.purchases');
SELECT tableoid::regclass, * FROM partition_drift_two.purchases ORDER BY 2;
GRANT CREATE ON SCHEMA partition_drift_two TO partition_drift_owner;
CALL mosaic.drain_default('partition_drift_two.purchases');
SELECT tableoid::regclass, * FROM partition_drift_two.purchases ORDER BY 2;
-- Scenario 65: another table of the name is not the set's.
DROP TABLE partition_drift_two.purchases;
CREATE TABLE partition_drift_two.purchases (k integer) PARTITION BY RANGE (k);
CREATE TABLE partition_drift_two.purchases_rest PARTITION OF partition_drift_two.purchases DEFAULT;
CALL mosaic.drain_default('partition_drift_two.purchases');
SELECT code FROM mosaic.partition_issues();
SELECT * FROM mosaic.partition_differences();

SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;
\set VERBOSITY terse
SET client_min_messages = error;
DROP SCHEMA partition_drift, partition_drift_two CASCADE;
DROP TABLESPACE partition_drift_space;
DROP ROLE partition_drift_owner, "partition drift ""reader""";
