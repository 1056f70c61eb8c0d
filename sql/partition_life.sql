-- What happens to a RANGE set in its life: users' own partitions, holes, tables
-- that vanish, storage that refuses.
CREATE SCHEMA partition_life;
SET search_path = partition_life;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET client_min_messages = warning;
\set VERBOSITY terse
CREATE PROCEDURE make() LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE events (at timestamptz NOT NULL, note text) PARTITION BY RANGE (at);
	PERFORM mosaic.create_parent('events', '1 day', premake => 3, start_at => '2024-06-06', time_zone => 'UTC', reference_time => '2024-06-15 12:00+00');
END $$;
CREATE PROCEDURE forget() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mosaic.drop_parent('events');
	DROP TABLE events;
END $$;

-- Scenario 63: a user attaches a partition of his own, detaches one, and drops
-- three days of the past and one ahead.  His own is one of the set's, the hole
-- ahead is filled, the others are reported, and none is filled unasked.
CALL make();
CREATE TABLE mine (LIKE events);
ALTER TABLE events ATTACH PARTITION mine FOR VALUES FROM ('2024-06-19 00:00+00') TO ('2024-06-19 18:00+00');
ALTER TABLE events DETACH PARTITION events_p20240613;
DROP TABLE events_p20240608, events_p20240609, events_p20240610, events_p20240617;
SELECT partition, lower_bound, upper_bound FROM mosaic.partitions('events') WHERE lower_bound >= '2024-06-16';
SELECT action, partition, lower_bound, upper_bound, outcome FROM mosaic.run_maintenance('events', '2024-06-15 12:00+00');
SELECT severity, code, detail, hint FROM mosaic.partition_issues('2024-06-15 12:00+00') WHERE set = 'events'::regclass;
SELECT action, partition, lower_bound, upper_bound FROM mosaic.run_maintenance('events', '2024-06-16 12:00+00');
SELECT count(*) FROM mosaic.run_maintenance('events', '2024-06-16 12:00+00');
-- It retires like any other, by its own bound.
UPDATE mosaic.partition_set SET retention = '1 day', create_paused = true WHERE parent = 'events'::regclass;
SELECT partition FROM mosaic.plan('events', '2024-06-20 17:59:59+00') WHERE partition ~ 'mine';
SELECT partition FROM mosaic.plan('events', '2024-06-20 18:00:00+00') WHERE partition ~ 'mine';
SELECT count(*) FROM events_p20240613;
CALL forget();
DROP TABLE events_p20240613;

-- Scenario 66: a table dropped under us; ahead it is made again, in the past
-- it is said to be gone.
CALL make();
DROP TABLE events_p20240616, events_p20240611;
SELECT code, detail FROM mosaic.partition_issues('2024-06-15 12:00+00') WHERE set = 'events'::regclass ORDER BY code;
SELECT action, partition, outcome FROM mosaic.run_maintenance('events', '2024-06-15 12:00+00');
SELECT code, detail FROM mosaic.partition_issues('2024-06-15 12:00+00') WHERE set = 'events'::regclass ORDER BY code;
CALL forget();

-- Scenario 68: the storage refuses, in the middle of making a table or its
-- index.  Nothing is left, it is an issue, the other set goes on, and so does
-- this one afterwards.
SET allow_in_place_tablespaces = on;
CREATE TABLESPACE partition_life_space LOCATION '';
CALL make();
CREATE INDEX ON events (note);
CREATE TABLE others (at date NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('others', '1 day', premake => 3, time_zone => 'UTC', reference_time => '2024-06-15 12:00+00');
ALTER INDEX events_note_idx SET TABLESPACE partition_life_space;
COPY (SELECT) TO PROGRAM 'cat >/dev/null; chmod 500 pg_tblspc/*/PG_*';
CREATE VIEW made AS SELECT parent, action, outcome, count(*) FROM mosaic.run_maintenance(NULL, '2024-06-17 12:00+00') WHERE parent::text IN ('events', 'others') GROUP BY 1, 2, 3 ORDER BY 1, 3;
SELECT * FROM made;
SELECT relname FROM pg_class WHERE relnamespace = 'partition_life'::regnamespace AND relname ~ 'events_p202406(19|20)';
SELECT work, failures, sqlstate FROM mosaic.partition_failure WHERE parent = 'events'::regclass;
SELECT severity, code FROM mosaic.issues WHERE set = 'events'::regclass AND code = 'creation_failing';
COPY (SELECT) TO PROGRAM 'cat >/dev/null; chmod 700 pg_tblspc/*/PG_*';
SELECT * FROM made;
SELECT count(*) FROM mosaic.partition_failure WHERE parent = 'events'::regclass;
SELECT mosaic.drop_parent('others');
CALL forget();
DROP TABLE others CASCADE;
DROP TABLESPACE partition_life_space;

-- Scenario 65: the parent is dropped and another table gets its name: the set
-- is missing, and the newcomer is left alone.
CALL make();
DROP TABLE events;
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT set::text ~ '^\d+$' AS by_number, severity, code FROM mosaic.partition_issues('2024-06-15 12:00+00');
SELECT outcome, count(*) FROM mosaic.run_maintenance(NULL, '2024-06-15 12:00+00') GROUP BY 1;
SELECT count(*) FROM mosaic.partition_bounds('events');
\set VERBOSITY sqlstate
SELECT * FROM mosaic.run_maintenance('events', '2024-06-15 12:00+00');
\set VERBOSITY terse
SELECT count(mosaic.drop_parent(parent)) FROM mosaic.partition_set;

DROP SCHEMA partition_life CASCADE;
