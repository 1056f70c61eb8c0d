-- After the archive: the cool-down, what users do to partitions meanwhile, and
-- the way back.
CREATE SCHEMA partition_ledger;
SET search_path = partition_ledger;
SET lc_messages = 'C';
COPY (SELECT) TO PROGRAM 'cat >/dev/null; mkdir -p mosaic_ledger && rm -f mosaic_ledger/*';
SELECT set_config('mosaic.archive_directory', current_setting('data_directory') || '/mosaic_ledger', false) \g /dev/null
CREATE PROCEDURE make(hundreds integer, action text) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE ids (k bigint PRIMARY KEY, note text) PARTITION BY RANGE (k);
	PERFORM mosaic.create_parent('ids', '100', premake => hundreds);
	INSERT INTO ids SELECT k, 'row ' || k FROM generate_series(5, hundreds * 100, 10) k;
	UPDATE mosaic.partition_set SET retention = '100', create_paused = true, retention_action = action, cooldown = '7 days' WHERE parent = 'ids'::regclass;
END $$;
CREATE PROCEDURE forget() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mosaic.drop_parent('ids');
	DROP TABLE ids;
END $$;
CREATE VIEW ledger AS
	SELECT name, relation, state, rows, verified_at IS NOT NULL AS verified, drop_after - detached_at AS cooldown, dropped_at IS NOT NULL AS dropped
	FROM mosaic.partition_ledger WHERE parent::text = 'ids' ORDER BY id;

-- Dropped after a time: detached first, and still there.
CALL make(5, 'drop');
SELECT action, partition, command FROM mosaic.plan('ids');
SELECT action, partition, outcome FROM mosaic.run_maintenance('ids');
SELECT * FROM ledger;
SELECT count(*) FROM ids_p0;
SELECT count(*) FROM mosaic.run_maintenance('ids');
SELECT count(*) FROM mosaic.plan('ids', now() + interval '6 days 23 hours');
-- Scenario 57: renamed, attached again, held or dropped meanwhile.
ALTER TABLE ids_p0 RENAME TO precious;
ALTER TABLE ids ATTACH PARTITION ids_p100 FOR VALUES FROM (100) TO (200);
DROP TABLE ids_p300;
SELECT code, object, detail, hint FROM mosaic.partition_issues() WHERE set = 'ids'::regclass AND code LIKE 'detached%' ORDER BY object;
SELECT action, partition, reason FROM mosaic.plan('ids', now() + interval '8 days');
SELECT action, partition, outcome FROM mosaic.run_maintenance('ids', now() + interval '8 days');
SELECT mosaic.hold_partition('precious'), mosaic.hold_partition('ids_p100', 'needed');
SELECT count(*) FROM mosaic.partition_issues() WHERE set = 'ids'::regclass AND code LIKE 'detached%';
ALTER TABLE precious RENAME TO ids_p0;
SELECT count(*) FROM mosaic.plan('ids', now() + interval '8 days');
SELECT mosaic.release_partition('ids_p0');
SELECT action, partition, outcome FROM mosaic.run_maintenance('ids', now() + interval '8 days');
CALL mosaic.maintain('ids');
SELECT * FROM ledger;
-- Attached by hand and held, it is one like any other when it is released.
SELECT mosaic.release_partition('ids_p100');
SELECT action, partition FROM mosaic.plan('ids');
CALL forget();
-- Attached again the regular way, it is held.
CALL make(4, 'drop');
CALL mosaic.maintain('ids');
SELECT mosaic.restore_archive('ids', 'ids_p0');
SELECT count(*) FROM ids WHERE k < 100;
SELECT partition, reason FROM mosaic.partition_hold WHERE root = 'ids'::regclass;
SELECT count(*) FROM mosaic.plan('ids');
SELECT mosaic.release_partition('ids_p0');
SELECT action, partition FROM mosaic.plan('ids');
-- What is forgotten stays.
SELECT mosaic.drop_parent('ids');
SELECT state, count(*) FROM mosaic.partition_ledger WHERE name LIKE 'ids_p%' AND root = 'ids'::regclass GROUP BY state ORDER BY state;
SELECT count(*) FROM ids_p100;
DROP TABLE ids_p100, ids;

-- Detached for good: in the ledger, and never dropped.
CALL make(4, 'detach');
CALL mosaic.maintain('ids');
SELECT * FROM ledger WHERE state = 'detached' AND relation IN ('ids_p0'::regclass, 'ids_p100'::regclass);
UPDATE mosaic.partition_set SET retention_action = 'drop' WHERE parent = 'ids'::regclass;
SELECT count(*) FROM mosaic.plan('ids', now() + interval '1 year');
CALL forget();
DROP TABLE ids_p0, ids_p100;

-- Archived and cooling down: no writes, by whatever way.
CALL make(4, 'archive');
CALL mosaic.maintain('ids');
SELECT name, relation, state, rows, verified, cooldown FROM ledger WHERE relation IN ('ids_p0'::regclass, 'ids_p100'::regclass, 'ids_p200'::regclass);
\set VERBOSITY sqlstate
INSERT INTO ids_p0 VALUES (1);
\set VERBOSITY terse
-- It is attached as it is, and takes writes again.
SELECT mosaic.restore_archive('ids', 'partition_ledger.ids_p0');
INSERT INTO ids VALUES (1);
-- What was written after all is not dropped.
ALTER TABLE ids_p100 DISABLE TRIGGER ALL;
INSERT INTO ids_p100 VALUES (101, 'late');
SELECT code, object, detail FROM mosaic.partition_issues() WHERE set = 'ids'::regclass AND code LIKE 'detached%';
SELECT action, partition, outcome FROM mosaic.run_maintenance('ids', now() + interval '8 days');
SELECT count(*) FROM ids_p100;
ALTER TABLE ids ATTACH PARTITION ids_p100 FOR VALUES FROM (100) TO (200);
SELECT mosaic.hold_partition('ids_p100');
INSERT INTO ids VALUES (102, 'later');
CALL forget();
-- A policy that has become stricter holds for what is on its way.
CALL make(4, 'drop');
CALL mosaic.maintain('ids');
UPDATE mosaic.partition_set SET retention_action = 'archive' WHERE parent = 'ids'::regclass;
SELECT count(*) FROM mosaic.plan('ids', now() + interval '8 days');
SELECT code, object, detail FROM mosaic.partition_issues() WHERE set = 'ids'::regclass AND code LIKE 'detached%' ORDER BY object;
CALL forget();
DROP TABLE ids_p0, ids_p100;

-- The way back, and all that may stand in it.
COPY (SELECT) TO PROGRAM 'cat >/dev/null; rm -f mosaic_ledger/*';
CALL make(5, 'archive');
UPDATE mosaic.partition_set SET cooldown = '0' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
\set VERBOSITY default
SELECT mosaic.restore_archive('ids', 'ids_p400');
SELECT mosaic.restore_archive('ids', 'nobody');
\set VERBOSITY sqlstate
SELECT mosaic.restore_archive('pg_class', 'ids_p0');
SELECT mosaic.restore_archive(0, 'ids_p0');
CREATE ROLE partition_ledger_stranger;
GRANT USAGE ON SCHEMA partition_ledger TO partition_ledger_stranger;
SET ROLE partition_ledger_stranger;
SELECT mosaic.restore_archive('ids', 'ids_p0');
SELECT mosaic.hold_partition('ids_p400');
SELECT mosaic.confirm_retention('ids');
SELECT count(*) FROM mosaic.partition_ledger;
SELECT count(*) FROM mosaic.archived_partitions;
RESET ROLE;
DROP OWNED BY partition_ledger_stranger;
DROP ROLE partition_ledger_stranger;
-- One byte changed in a row, one in what no row comes of, a file cut short, one
-- that is gone.
COPY (SELECT) TO PROGRAM 'cat >/dev/null; cd mosaic_ledger && f=$(ls *ids_p0.*) && cp "$f" ../mosaic_kept && sed -i "s/row 5/row 6/" "$f"';
SELECT mosaic.restore_archive('ids', 'ids_p0');
COPY (SELECT) TO PROGRAM 'cat >/dev/null; cd mosaic_ledger && f=$(ls *ids_p0.*) && sed "1s/note/nota/" ../mosaic_kept > "$f"';
SELECT mosaic.restore_archive('ids', 'ids_p0');
COPY (SELECT) TO PROGRAM 'cat >/dev/null; cd mosaic_ledger && f=$(ls *ids_p0.*) && head -c 20 ../mosaic_kept > "$f"';
SELECT mosaic.restore_archive('ids', 'ids_p0');
COPY (SELECT) TO PROGRAM 'cat >/dev/null; cd mosaic_ledger && f=$(ls *ids_p0.*) && rm "$f"';
SELECT mosaic.restore_archive('ids', 'ids_p0');
-- The right file of a ledger that says otherwise.
UPDATE mosaic.partition_ledger SET hash = hash + 1 WHERE name = 'ids_p100' AND state = 'dropped' AND root = 'ids'::regclass;
SELECT mosaic.restore_archive('ids', 'ids_p100');
UPDATE mosaic.partition_ledger SET hash = hash - 1 WHERE name = 'ids_p100' AND state = 'dropped' AND root = 'ids'::regclass;
-- The range is taken, then the name.
CREATE TABLE other PARTITION OF ids FOR VALUES FROM (150) TO (160);
SELECT mosaic.restore_archive('ids', 'ids_p100');
DROP TABLE other;
CREATE TABLE ids_p100 ();
SELECT mosaic.restore_archive('ids', 'ids_p100');
DROP TABLE ids_p100;
\set VERBOSITY terse
SELECT relname FROM pg_class WHERE relnamespace = 'partition_ledger'::regnamespace AND relkind = 'r' ORDER BY relname;
-- Nothing of all that is left, and it works when nothing is wrong: with a
-- column that has come since, one that moved, and under a default partition.
ALTER TABLE ids ADD COLUMN more integer DEFAULT 7;
CREATE TABLE rest PARTITION OF ids DEFAULT;
SELECT mosaic.restore_archive('ids', 'ids_p100');
SELECT count(*), sum(more) FROM ids_p100;
-- Not where a column of the archive has gone.
ALTER TABLE ids DROP COLUMN note;
\set VERBOSITY sqlstate
SELECT mosaic.restore_archive('ids', 'ids_p200');
\set VERBOSITY terse
CALL forget();
-- A partition of that name that left twice: the latest.
CALL make(3, 'archive');
UPDATE mosaic.partition_set SET cooldown = '0' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT mosaic.restore_archive('ids', 'ids_p0');
UPDATE ids SET note = 'changed' WHERE k = 5;
SELECT mosaic.release_partition('ids_p0');
CALL mosaic.maintain('ids');
SELECT mosaic.restore_archive('ids', 'ids_p0');
SELECT note FROM ids WHERE k = 5;
CALL forget();

RESET mosaic.archive_directory;
COPY (SELECT) TO PROGRAM 'cat >/dev/null; rm -r mosaic_ledger mosaic_kept';
RESET lc_messages;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_ledger CASCADE;
