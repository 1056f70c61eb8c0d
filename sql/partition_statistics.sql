-- Targets of extended statistics: on every new partition, at every level.
CREATE SCHEMA partition_statistics;
SET search_path = partition_statistics;
CREATE TABLE events (dropped integer, at date NOT NULL, a integer, b integer, c text) PARTITION BY RANGE (at);
ALTER TABLE events DROP COLUMN dropped;
CREATE STATISTICS plain ON a, b FROM events;
CREATE STATISTICS "Low one" (ndistinct) ON a, b FROM events;
CREATE STATISTICS twin_one (mcv) ON b, c FROM events;
CREATE STATISTICS twin_two (mcv) ON b, c FROM events;
CREATE STATISTICS expression ON lower(c), (a + b) FROM events;
CREATE STATISTICS single ON (a * 2) FROM events;
ALTER STATISTICS "Low one" SET STATISTICS 10;
ALTER STATISTICS twin_two SET STATISTICS 20;
ALTER STATISTICS expression SET STATISTICS 0;
ALTER STATISTICS single SET STATISTICS 10000;
CREATE VIEW targets AS
	SELECT s.stxrelid::regclass AS "table", pg_get_statisticsobjdef_columns(s.oid) AS columns, array_to_string(stxkind, '') AS kinds, nullif(stxstattarget, -1) AS target
	FROM pg_statistic_ext s;
SELECT count(*) FROM mosaic.create_parent('events', '1 day', premake => 1, reference_time => '2024-01-01');
SELECT "table", columns, kinds, target FROM targets WHERE "table" = 'events_p20240102'::regclass ORDER BY columns, kinds, target;
SELECT count(*) FROM (SELECT columns, kinds, target FROM targets WHERE "table" = 'events'::regclass
	EXCEPT ALL SELECT columns, kinds, target FROM targets WHERE "table" = 'events_p20240101'::regclass) x;
-- Below too; and where a partition is divided.
SELECT count(*) FROM mosaic.create_sub_parent('events', 'HASH (a)', modulus => 1, reference_time => '2024-01-01');
SELECT "table", count(target) FROM targets GROUP BY 1 ORDER BY "table"::text;
CALL mosaic.hash_set_modulus('events', 2);
SELECT count(*) FROM mosaic.run_maintenance('events', '2024-01-02');
SELECT "table"::text AS name, count(target), sum(target) FROM targets GROUP BY 1 ORDER BY 1;
SELECT mosaic.drop_parent('events');
SET client_min_messages = warning;
DROP SCHEMA partition_statistics CASCADE;
