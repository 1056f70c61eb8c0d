-- Names: of any length, in any alphabet, taken or not.
CREATE SCHEMA partition_names;
SET search_path = partition_names;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
CREATE FUNCTION made(parent regclass, width text, at timestamptz, ahead integer DEFAULT 1)
RETURNS TABLE (name name, bytes integer) LANGUAGE plpgsql AS $$
DECLARE made regclass;
BEGIN
	FOR made IN SELECT p.partition FROM mosaic.create_parent(parent, width, premake => ahead, time_zone => 'UTC', reference_time => at) p LOOP
		RETURN QUERY SELECT c.relname, octet_length(c.relname) FROM pg_class c WHERE c.oid = made;
	END LOOP;
	PERFORM mosaic.drop_parent(parent);
END $$;

-- 53 bytes fit with a day, 54 do not; the base is cut, the day never.
CREATE TABLE a234567890b234567890c234567890d234567890e234567890fghi1 (k timestamptz) PARTITION BY RANGE (k);
CREATE TABLE a234567890b234567890c234567890d234567890e234567890fghi (k timestamptz) PARTITION BY RANGE (k);
CREATE TABLE a234567890b234567890c234567890d234567890e234567890fgh (k timestamptz) PARTITION BY RANGE (k);
SELECT * FROM made('a234567890b234567890c234567890d234567890e234567890fghi', '1 day', '2024-01-01 00:00+00');
SELECT * FROM made('a234567890b234567890c234567890d234567890e234567890fgh', '1 day', '2024-01-01 00:00+00');
SELECT * FROM made('a234567890b234567890c234567890d234567890e234567890fghi1', '1 hour', '2024-01-01 00:00+00');
-- Two that differ only where they are cut, at the server's limit.
CREATE TABLE n23456789012345678901234567890123456789012345678901234567890123 (k bigint) PARTITION BY RANGE (k);
CREATE TABLE n23456789012345678901234567890123456789012345678901234567890124 (k bigint) PARTITION BY RANGE (k);
SELECT count(DISTINCT name), max(bytes) FROM (
	SELECT * FROM made('n23456789012345678901234567890123456789012345678901234567890123', '1000', '2024-01-01 00:00+00')
	UNION ALL SELECT * FROM made('n23456789012345678901234567890123456789012345678901234567890124', '1000', '2024-01-01 00:00+00')) b;
-- Cut between characters.
CREATE TABLE "éééééééééééééééééééééééééééééééx" (k timestamptz) PARTITION BY RANGE (k);
SELECT name, bytes, length(name) AS characters FROM made('"éééééééééééééééééééééééééééééééx"', '1 month', '2024-01-01 00:00+00');
-- A bound that is longer than a name.
CREATE TABLE wide (k numeric) PARTITION BY RANGE (k);
SELECT octet_length(name) <= 63 AS fits, count(*), count(DISTINCT name)
FROM made('wide', '1e70', '2024-01-01 00:00+00', 3) GROUP BY 1;

-- Nothing unquoted, in any place.
CREATE SCHEMA "we;ird.""S'";
CREATE TABLE "we;ird.""S'"."Order-Items.2024 ""x"" é'; DROP TABLE t; --" ("the Key" timestamptz NOT NULL, "n'o" text, PRIMARY KEY ("the Key")) PARTITION BY RANGE ("the Key");
ALTER TABLE "we;ird.""S'"."Order-Items.2024 ""x"" é'; DROP TABLE t; --" ALTER "n'o" SET STATISTICS 7;
SELECT oid::regclass AS parent FROM pg_class WHERE relname LIKE 'Order-Items%' AND relkind = 'p' \gset
SELECT partition FROM mosaic.create_parent(:'parent', '1 day', premake => 0, retention => '1 day', default_partition => true, time_zone => 'UTC', reference_time => '2024-01-01 00:00+00');
UPDATE mosaic.partition_set SET retention_action = 'move', retention_schema = 'we;ird."S''' WHERE parent = :'parent'::regclass;
SELECT action, partition, outcome FROM mosaic.run_maintenance(:'parent', '2024-01-03 00:00+00');
INSERT INTO "we;ird.""S'"."Order-Items.2024 ""x"" é'; DROP TABLE t; --" VALUES ('2024-01-03 12:00+00');
SELECT mosaic.partition_for(:'parent', timestamptz '2024-01-03 12:00+00');
UPDATE mosaic.partition_set SET retain_paused = true, create_paused = true WHERE parent = :'parent'::regclass;
CALL mosaic.maintain(:'parent');
SELECT mosaic.drop_parent(:'parent');
-- The hints are statements that can be typed.
CREATE TABLE "Plain'Table" (k date);
SELECT mosaic.create_parent('"Plain''Table"', '1 day');
SELECT mosaic.plan('"Plain''Table"');

-- Taken by a table, a view, an index, a sequence, a type, a domain: the next free one.
CREATE TABLE t (k date) PARTITION BY RANGE (k);
CREATE TABLE t_p20240101 (k date);
CREATE VIEW t_p20240101_1 AS SELECT 1;
CREATE TABLE t_p20240102 (k date);
CREATE INDEX t_p20240102_1 ON t_p20240102 (k);
CREATE SEQUENCE t_p20240103;
CREATE TYPE t_p20240103_1 AS ENUM ('x');
CREATE DOMAIN t_p20240104 AS integer;
SELECT name FROM made('t', '1 day', '2024-01-01 00:00+00', 3);
-- What stood there is as it was.
SELECT count(*) FROM t_p20240101;

-- Patterns.
CREATE TABLE p (k date) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('p', '1 month', premake => 0, time_zone => 'UTC', reference_time => '2024-01-01 00:00+00');
CREATE FUNCTION next_name(pattern text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE mosaic.partition_set SET name_pattern = pattern WHERE parent = 'p'::regclass;
	RETURN partition FROM mosaic.plan('p', '2024-02-01 00:00+00');
END $$;
SELECT next_name('{parent}_{bound}'), next_name('y{bound}'), next_name('{bound} of "{parent}"'), next_name('Über{parent}.{bound}');
\set VERBOSITY terse
SELECT next_name('{parent}');
SELECT next_name('{bound}{bound}');
SELECT next_name('{parent}_{bound}_{other}');
SELECT next_name('');
SELECT next_name(NULL);
SELECT next_name('{bound}_0123456789012345678901234567890123456789');
SELECT mosaic.drop_parent('p');
-- Braces in a table's own name are its own.
CREATE TABLE "{bound}{parent}" (k date) PARTITION BY RANGE (k);
SELECT name FROM made('"{bound}{parent}"', '1 month', '2024-01-01 00:00+00', 0);

RESET DateStyle;
RESET TimeZone;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_names, "we;ird.""S'" CASCADE;
