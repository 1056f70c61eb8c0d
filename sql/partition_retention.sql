-- Which partitions go, when, and where to.
CREATE SCHEMA partition_retention;
CREATE SCHEMA partition_retention_archive;
SET search_path = partition_retention;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
-- Three days before the reference time, that day, and two ahead.
CREATE PROCEDURE days(how text DEFAULT NULL) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
	PERFORM mosaic.create_parent('events', '1 day', premake => 2, retention => how, start_at => '2024-06-12', time_zone => 'UTC', reference_time => '2024-06-15 12:00+00');
END $$;
CREATE PROCEDURE forget() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mosaic.drop_parent('events');
	DROP TABLE events;
END $$;

-- Making a set retires nothing yet; the first pass does.
CALL days('2 days');
SELECT step, action, partition, lower_bound, upper_bound, reason, command FROM mosaic.plan('events', '2024-06-15 12:00+00');
SELECT action, partition, outcome FROM mosaic.run_maintenance('events', '2024-06-15 12:00+00');
SELECT count(*) FROM mosaic.run_maintenance('events', '2024-06-15 12:00+00');
-- To the microsecond: an upper bound exactly that old has expired.
SELECT action, partition FROM mosaic.plan('events', '2024-06-15 23:59:59.999999+00');
SELECT action, partition FROM mosaic.plan('events', '2024-06-16 00:00:00+00') WHERE action <> 'create';
SELECT action, partition FROM mosaic.plan('events', '2024-06-16 00:00:00.000001+00') WHERE action <> 'create';
SELECT action, partition, lower_bound, outcome FROM mosaic.partition_log WHERE parent = 'events'::regclass AND action <> 'create' ORDER BY id;
CALL forget();

-- Days and months are counted on the set's clock, hours on any.
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('events', '1 day', premake => 0, retention => '1 day', start_at => '2024-03-08', time_zone => 'America/New_York', reference_time => '2024-03-12 12:00+00');
SELECT partition FROM mosaic.plan('events', '2024-03-11 03:59:59+00');
SELECT partition FROM mosaic.plan('events', '2024-03-11 04:00:00+00');
UPDATE mosaic.partition_set SET retention = '24 hours';
SELECT partition FROM mosaic.plan('events', '2024-03-11 04:00:00+00');
SELECT partition FROM mosaic.plan('events', '2024-03-11 05:00:00+00');
-- Longer than the calendar: nothing expires, nothing fails.
UPDATE mosaic.partition_set SET retention = '200000 years';
SELECT count(*) FROM mosaic.plan('events', '2024-03-12 12:00+00');
CALL forget();

-- Detached, or moved to a schema and a tablespace, the table stays with its rows.
CALL days('1 day');
INSERT INTO events VALUES ('2024-06-12 01:00+00'), ('2024-06-13 01:00+00');
UPDATE mosaic.partition_set SET retention_action = 'detach' WHERE parent = 'events'::regclass;
SELECT command FROM mosaic.plan('events', '2024-06-15 12:00+00') LIMIT 1;
SELECT action, partition, outcome FROM mosaic.run_maintenance('events', '2024-06-15 12:00+00');
SELECT at FROM events_p20240612;
SELECT count(*) FROM events;
DROP TABLE events_p20240612, events_p20240613;
UPDATE mosaic.partition_set SET retention_action = 'move', retention_schema = 'partition_retention_archive' WHERE parent = 'events'::regclass;
INSERT INTO events VALUES ('2024-06-14 01:00+00');
SELECT action, partition, outcome FROM mosaic.run_maintenance('events', '2024-06-16 12:00+00') WHERE action <> 'create';
SELECT at FROM partition_retention_archive.events_p20240614;
SET allow_in_place_tablespaces = on;
CREATE TABLESPACE partition_retention_slow LOCATION '';
UPDATE mosaic.partition_set SET retention_tablespace = 'partition_retention_slow' WHERE parent = 'events'::regclass;
SELECT command FROM mosaic.plan('events', '2024-06-17 12:00+00') WHERE action = 'move';
SELECT action, partition, outcome FROM mosaic.run_maintenance('events', '2024-06-17 12:00+00') WHERE action <> 'create';
SELECT c.relnamespace::regnamespace, c.relname, t.spcname FROM pg_class c LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
WHERE c.relnamespace = 'partition_retention_archive'::regnamespace AND c.relkind = 'r' ORDER BY c.relname;
CALL forget();
DROP TABLE partition_retention_archive.events_p20240614, partition_retention_archive.events_p20240615;
DROP TABLESPACE partition_retention_slow;

-- By distance from the largest key.
CREATE TABLE ids (k bigint PRIMARY KEY) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('ids', '100', premake => 4, retention => '250');
INSERT INTO ids VALUES (449);
SELECT partition FROM mosaic.plan('ids') WHERE action = 'drop';
INSERT INTO ids VALUES (450);
SELECT partition, reason FROM mosaic.plan('ids') WHERE action = 'drop';
SELECT mosaic.drop_parent('ids');
DROP TABLE ids;

-- By number: the newest that are not wholly in the future are counted.
CALL days();
SELECT count(*) FROM mosaic.plan('events', '2024-06-15 12:00+00');
UPDATE mosaic.partition_set SET retain_partitions = 2 WHERE parent = 'events'::regclass;
SELECT action, partition, reason FROM mosaic.plan('events', '2024-06-15 12:00+00');
-- By both: the more conservative decides.
UPDATE mosaic.partition_set SET retention = '1 day' WHERE parent = 'events'::regclass;
SELECT action, partition, reason FROM mosaic.plan('events', '2024-06-15 12:00+00');
UPDATE mosaic.partition_set SET retention = '2 days' WHERE parent = 'events'::regclass;
SELECT action, partition FROM mosaic.plan('events', '2024-06-15 12:00+00');
UPDATE mosaic.partition_set SET retain_partitions = 4 WHERE parent = 'events'::regclass;
SELECT count(*) FROM mosaic.plan('events', '2024-06-15 12:00+00');
-- Never the one that holds now, or a later one.
UPDATE mosaic.partition_set SET retention = NULL, retain_partitions = 1 WHERE parent = 'events'::regclass;
SELECT action, partition FROM mosaic.plan('events', '2024-06-15 12:00+00');
UPDATE mosaic.partition_set SET retention = '1 second', retain_partitions = NULL WHERE parent = 'events'::regclass;
SELECT action, partition FROM mosaic.plan('events', '2024-06-15 00:00:00+00');
CALL forget();

-- Never the last one, nor the default.
CALL days('1 day');
CREATE TABLE rest PARTITION OF events DEFAULT;
UPDATE mosaic.partition_set SET create_paused = true WHERE parent = 'events'::regclass;
SELECT action, partition, outcome FROM mosaic.run_maintenance('events', '2025-06-15 12:00+00');
SELECT count(*) FROM mosaic.run_maintenance('events', '2026-06-15 12:00+00');
-- Where new ones come first, the last of the old ones may go; plan() knows.
UPDATE mosaic.partition_set SET create_paused = false, premake = 0 WHERE parent = 'events'::regclass;
SELECT action, partition FROM mosaic.plan('events', '2025-06-15 12:00+00');
SELECT action, partition FROM mosaic.run_maintenance('events', '2025-06-15 12:00+00');
SELECT count(*) FROM mosaic.plan('events', '2025-06-15 12:00+00');
-- Unless the new one could not be made.
INSERT INTO events VALUES ('2026-06-15 12:00+00');
SELECT action, partition, outcome FROM mosaic.run_maintenance('events', '2026-06-15 12:00+00');
SELECT partition, kind FROM mosaic.partitions('events');
CALL forget();

-- A wide old partition goes when its last possible row is old enough.
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE legacy PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2024-06-16 00:00+00');
SELECT count(*) FROM mosaic.create_parent('events', '1 day', premake => 0, retention => '90 days', time_zone => 'UTC', reference_time => '2024-06-16 12:00+00');
SELECT count(*) FROM mosaic.plan('events', '2024-09-13 23:59:59+00') WHERE action = 'drop';
SELECT partition, lower_bound FROM mosaic.plan('events', '2024-09-14 00:00:00+00') WHERE action = 'drop';
CALL forget();

-- Too many at once wait for a word, which holds for one pass.
SET mosaic.max_drops = 2;
CALL days('1 day');
SELECT count(*) FROM mosaic.run_maintenance('events', '2024-06-15 12:00+00') WHERE action = 'drop';
SELECT action, count(*) FROM mosaic.run_maintenance('events', '2024-06-19 12:00+00') GROUP BY action;
SELECT severity, code, detail, hint FROM mosaic.partition_issues('2024-06-19 12:00+00');
SELECT mosaic.confirm_retention('events');
SELECT action, count(*) FROM mosaic.plan('events', '2024-06-19 12:00+00') GROUP BY action;
SELECT action, count(*) FROM mosaic.run_maintenance('events', '2024-06-19 12:00+00') GROUP BY action;
SELECT action, count(*) FROM mosaic.run_maintenance('events', '2024-06-25 12:00+00') GROUP BY action;
RESET mosaic.max_drops;
CALL forget();

-- Pausing either leaves the other alone.
CALL days('1 day');
UPDATE mosaic.partition_set SET retain_paused = true WHERE parent = 'events'::regclass;
SELECT action, partition FROM mosaic.run_maintenance('events', '2024-06-16 12:00+00');
UPDATE mosaic.partition_set SET retain_paused = false, create_paused = true WHERE parent = 'events'::regclass;
SELECT action, partition FROM mosaic.run_maintenance('events', '2024-06-17 12:00+00');
SELECT code FROM mosaic.partition_issues('2024-06-17 12:00+00') ORDER BY code;
CALL forget();

-- A partition that cannot go holds up no other, nor creation.
CALL days('1 day');
CREATE VIEW watcher AS SELECT * FROM events_p20240612;
SELECT action, partition, outcome, detail FROM mosaic.run_maintenance('events', '2024-06-16 12:00+00');
SELECT partition, outcome, sqlstate FROM mosaic.partition_log WHERE parent = 'events'::regclass AND outcome <> 'done';
SELECT failures, sqlstate FROM mosaic.partition_failure WHERE parent = 'events'::regclass;
DROP VIEW watcher;
SELECT action, partition, outcome FROM mosaic.run_maintenance('events', '2024-06-16 12:00+00');
SELECT count(*) FROM mosaic.partition_failure WHERE parent = 'events'::regclass;
CALL forget();

-- A foreign table and a partitioned one retire as well.
CREATE FOREIGN DATA WRAPPER partition_retention_fdw;
CREATE SERVER partition_retention_server FOREIGN DATA WRAPPER partition_retention_fdw;
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE FOREIGN TABLE afar PARTITION OF events FOR VALUES FROM ('2024-06-01 00:00+00') TO ('2024-06-02 00:00+00') SERVER partition_retention_server;
CREATE TABLE divided PARTITION OF events FOR VALUES FROM ('2024-06-02 00:00+00') TO ('2024-06-03 00:00+00') PARTITION BY RANGE (at);
CREATE TABLE divided_all PARTITION OF divided DEFAULT;
SELECT count(*) FROM mosaic.create_parent('events', '1 day', premake => 0, retention => '1 day', time_zone => 'UTC', reference_time => '2024-06-03 12:00+00');
SELECT action, partition, outcome FROM mosaic.run_maintenance('events', '2024-06-05 12:00+00') ORDER BY partition;
CALL forget();
DROP FOREIGN DATA WRAPPER partition_retention_fdw CASCADE;

RESET DateStyle;
RESET TimeZone;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_retention, partition_retention_archive CASCADE;
