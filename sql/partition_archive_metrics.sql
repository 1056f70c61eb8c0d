-- mosaic_archive_* in mosaic.metrics: what is archived, what waits, what fails.
CREATE SCHEMA partition_archive_metrics;
SET search_path = partition_archive_metrics;
COPY (SELECT) TO PROGRAM 'cat >/dev/null; mkdir -p mosaic_archive_metrics && rm -f mosaic_archive_metrics/*';
SELECT set_config('mosaic.archive_directory', current_setting('data_directory') || '/mosaic_archive_metrics', false) \g /dev/null
CREATE VIEW archive AS
	SELECT replace(name, 'mosaic_archive_', '') AS metric,
		   CASE WHEN name ~ '(seconds|bytes)$' AND value > 0 THEN 'some' ELSE value::text END AS value
	FROM mosaic.metrics WHERE name LIKE 'mosaic\_archive\_%' AND labels = '{"set": "partition_archive_metrics.ids"}' ORDER BY name;
CREATE TABLE ids (k integer PRIMARY KEY) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('ids', '10', premake => 3);
INSERT INTO ids SELECT generate_series(0, 39);
UPDATE mosaic.partition_set SET create_paused = true WHERE parent = 'ids'::regclass;

-- Nothing for a set that archives nothing; zeros for one that has not yet.
SELECT * FROM archive;
UPDATE mosaic.partition_set SET retention_action = 'archive', cooldown = '1 day' WHERE parent = 'ids'::regclass;
SELECT * FROM archive;

-- One that is archived and cools down.
UPDATE mosaic.partition_set SET retention = '29' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT * FROM archive;
SELECT m.value = l.bytes AS bytes_of_the_ledger FROM mosaic.metrics m, mosaic.partition_ledger l
	WHERE m.name = 'mosaic_archive_bytes' AND m.labels = '{"set": "partition_archive_metrics.ids"}' AND l.root = 'ids'::regclass;

-- One that cannot be archived, and waits.
COPY (SELECT) TO PROGRAM 'cat >/dev/null; mv mosaic_archive_metrics mosaic_archive_gone';
UPDATE mosaic.partition_set SET retention = '19' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT * FROM archive;

-- The directory is back.
COPY (SELECT) TO PROGRAM 'cat >/dev/null; mv mosaic_archive_gone mosaic_archive_metrics';
CALL mosaic.maintain('ids');
SELECT * FROM archive;

-- Who may not see the set has no row of it.
CREATE ROLE partition_archive_metrics_stranger;
GRANT USAGE ON SCHEMA partition_archive_metrics TO partition_archive_metrics_stranger;
SET ROLE partition_archive_metrics_stranger;
SELECT count(*) FROM mosaic.metrics WHERE name LIKE 'mosaic\_archive\_%';
RESET ROLE;
-- What was archived stays counted when the set archives no longer.
UPDATE mosaic.partition_set SET retention_action = 'drop' WHERE parent = 'ids'::regclass;
SELECT metric, value FROM archive WHERE metric IN ('partitions', 'rows');

SELECT mosaic.drop_parent('ids');
SET client_min_messages = warning;
DROP SCHEMA partition_archive_metrics CASCADE;
DROP ROLE partition_archive_metrics_stranger;
