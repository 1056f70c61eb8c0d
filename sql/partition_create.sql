-- Which partitions are made: the coverage rule, adoption, gaps, changes of
-- the interval.  Every call brings its own clock.
CREATE SCHEMA partition_create;
SET search_path = partition_create;
CREATE FUNCTION bounds() RETURNS TABLE (partition regclass, kind text, lower_bound text, upper_bound text) LANGUAGE plpgsql AS
	$$ BEGIN RETURN QUERY SELECT p.partition, p.kind, p.lower_bound, p.upper_bound FROM mosaic.partitions('events') p; END $$;

-- The interval that holds the reference time and premake whole ones after it.
CREATE TABLE events (at timestamptz NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
SELECT * FROM mosaic.create_parent('events', '1 day', premake => 2, time_zone => 'UTC', reference_time => '2024-06-15 12:00+00');
-- Exactly: not one more at any time of day, whatever the rows say.
INSERT INTO events VALUES ('2024-06-17 23:00+00');
SELECT count(*) FROM mosaic.run_maintenance('events', '2024-06-15 00:00+00');
SELECT count(*) FROM mosaic.run_maintenance('events', '2024-06-15 23:59:59.999999+00');
SELECT * FROM mosaic.run_maintenance('events', '2024-06-16 00:00+00');
SELECT count(*) FROM mosaic.run_maintenance('events', '2024-06-16 00:00+00');
-- What lies in the past stays; a clock that goes back makes nothing.
SELECT count(*) FROM mosaic.run_maintenance('events', '2024-06-15 12:00+00');
SELECT * FROM bounds();
SELECT mosaic.drop_parent('events');
SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass;
DROP TABLE events;

-- The same for other widths, at the first, a middle and the last microsecond.
CREATE FUNCTION covers(width text, at timestamptz, ahead integer DEFAULT 2)
RETURNS TABLE (made bigint, lower_bound text, upper_bound text) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE probe (k timestamptz) PARTITION BY RANGE (k);
	RETURN QUERY SELECT count(*), min(p.lower_bound COLLATE "C"), max(p.upper_bound COLLATE "C")
		FROM mosaic.create_parent('probe', width, premake => ahead, time_zone => 'UTC', reference_time => at) p;
	PERFORM mosaic.drop_parent('probe');
	DROP TABLE probe;
END $$;
SELECT w.width, a.at AT TIME ZONE 'UTC' AS utc, c.*
FROM (VALUES (1, '1 month'), (2, '7 days'), (3, '15 minutes'), (4, '1 year'), (5, '36 hours')) w (n, width),
	(VALUES (timestamptz '2024-05-01 00:00+00'), ('2024-05-16 10:20:30.5+00'), ('2024-05-31 23:59:59.999999+00')) a (at),
	LATERAL covers(w.width, a.at) c
ORDER BY w.n, a.at;
-- None ahead: the interval that holds now alone.
SELECT * FROM covers('1 day', '2024-06-15 12:00+00', 0);

-- start_at is the first bound and the anchor, in the past and in the future.
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT * FROM mosaic.create_parent('events', '1 month', premake => 1, start_at => '2024-01-10 06:00', time_zone => 'UTC', reference_time => '2024-03-12 00:00+00');
SELECT start_at FROM mosaic.partition_set WHERE parent = 'events'::regclass;
SELECT mosaic.drop_parent('events');
DROP TABLE events;
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT * FROM mosaic.create_parent('events', '1 month', premake => 1, start_at => '2030-01-01', time_zone => 'UTC', reference_time => '2024-03-12 00:00+00');
SELECT count(*) FROM mosaic.run_maintenance('events', '2029-12-31 23:59+00');
SELECT count(*) FROM mosaic.run_maintenance('events', '2030-01-31 23:59+00');
SELECT lower_bound FROM mosaic.run_maintenance('events', '2030-02-01 00:00+00');
SELECT mosaic.drop_parent('events');
DROP TABLE events;
-- Read when given, not again in every pass under another session's settings.
SET TimeZone = 'Asia/Tokyo';
SET DateStyle = 'SQL, DMY';
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT * FROM mosaic.create_parent('events', '1 month', premake => 0, start_at => '03/02/2024 00:00', time_zone => 'UTC', reference_time => '2024-02-12 00:00+00');
SET DateStyle = 'SQL, MDY';
SELECT lower_bound, upper_bound FROM mosaic.run_maintenance('events', '2024-03-05 00:00+00');
RESET DateStyle;
RESET TimeZone;
SELECT mosaic.drop_parent('events');
DROP TABLE events;

-- Whatever bounds exist are adopted, and new ones continue from the last.
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE legacy PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2024-06-03 17:30+00');
CREATE TABLE odd PARTITION OF events FOR VALUES FROM ('2024-06-05 01:00+00') TO ('2024-06-05 02:00+00');
CREATE TABLE tail PARTITION OF events FOR VALUES FROM ('2024-06-05 06:00+00') TO ('2024-06-05 08:00+00');
SELECT * FROM mosaic.create_parent('events', '1 day', premake => 3, time_zone => 'UTC', reference_time => '2024-06-03 12:00+00');
SELECT * FROM bounds();
-- A gap ahead is filled, by the same name or the next free one; one in the past is reported.
DROP TABLE events_p20240604, events_p20240606;
SELECT partition, lower_bound, upper_bound, outcome FROM mosaic.run_maintenance('events', '2024-06-05 12:00+00');
SELECT code, object, detail FROM mosaic.partition_issues('2024-06-05 12:00+00');
-- Another that ends where the calendar does covers all that follows.
CREATE TABLE forever PARTITION OF events FOR VALUES FROM ('2024-06-09 00:00+00') TO (MAXVALUE);
SELECT count(*) FROM mosaic.run_maintenance('events', '2035-01-01 00:00+00');
SELECT covered_until, covered_at, next_create_at FROM mosaic.partition_coverage('2035-01-01 00:00+00');
SELECT mosaic.drop_parent('events');
DROP TABLE events;
-- So does one that ends at infinity.
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE forever PARTITION OF events FOR VALUES FROM ('-infinity') TO ('infinity');
SELECT count(*) FROM mosaic.create_parent('events', '1 day', time_zone => 'UTC', reference_time => '2024-06-05 12:00+00');
SELECT covered_until, next_create_at FROM mosaic.partition_coverage('2024-06-05 12:00+00');
SELECT covered_until, time_left FROM mosaic.partition_status;
SELECT mosaic.drop_parent('events');
DROP TABLE events;

-- From months to days on the 10th: what is made stays, then days follow.
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('events', '1 month', premake => 1, time_zone => 'UTC', reference_time => '2024-06-10 08:00+00');
UPDATE mosaic.partition_set SET partition_interval = '1 day' WHERE parent = 'events'::regclass;
SELECT count(*) FROM mosaic.plan('events', '2024-06-10 08:00+00');
SELECT count(*) FROM mosaic.plan('events', '2024-07-30 08:00+00');
SELECT partition, lower_bound, upper_bound FROM mosaic.run_maintenance('events', '2024-07-31 08:00+00');
-- And back on the 1st, the last bound being the 2nd: one transitional partition.
UPDATE mosaic.partition_set SET partition_interval = '1 month', premake = 2 WHERE parent = 'events'::regclass;
SELECT partition, lower_bound, upper_bound FROM mosaic.run_maintenance('events', '2024-08-01 08:00+00');
-- The zone changes: the next begins where the last ended.
UPDATE mosaic.partition_set SET time_zone = 'America/New_York' WHERE parent = 'events'::regclass;
SELECT partition, lower_bound, upper_bound FROM mosaic.run_maintenance('events', '2024-10-31 08:00+00');
SELECT lower_bound, upper_bound FROM bounds();
-- Parent renamed, moved and its key renamed: known by OID.
CREATE SCHEMA partition_create_moved;
ALTER TABLE events RENAME COLUMN at TO happened;
ALTER TABLE events RENAME TO occasions;
ALTER TABLE occasions SET SCHEMA partition_create_moved;
SELECT parent, partition, lower_bound FROM mosaic.run_maintenance('partition_create_moved.occasions', '2024-12-01 08:00+00');
SELECT mosaic.drop_parent('partition_create_moved.occasions');
DROP SCHEMA partition_create_moved CASCADE;

-- Two gaps on one day want the same name; the second gets the next free one.
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE noon PARTITION OF events FOR VALUES FROM ('2024-06-06 11:00+00') TO ('2024-06-06 13:00+00');
SELECT * FROM mosaic.create_parent('events', '1 day', premake => 1, time_zone => 'UTC', reference_time => '2024-06-05 12:00+00');
SELECT mosaic.drop_parent('events');
DROP TABLE events;

-- A default partition when asked for, made again when it is lost.
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT * FROM mosaic.create_parent('events', '1 day', premake => 0, default_partition => true, time_zone => 'UTC', reference_time => '2024-06-05 12:00+00');
DROP TABLE events_default;
SELECT action, partition, lower_bound, outcome FROM mosaic.run_maintenance('events', '2024-06-05 12:00+00');
INSERT INTO events VALUES ('2024-06-09 12:00+00');
UPDATE mosaic.partition_set SET premake = 2 WHERE parent = 'events'::regclass;
-- A row in it holds up the partition of its own day, and no other.
SELECT partition, outcome, detail FROM mosaic.run_maintenance('events', '2024-06-09 12:00+00');
SELECT code, object FROM mosaic.partition_issues('2024-06-09 12:00+00');
SELECT sqlstate, message FROM mosaic.partition_failure WHERE parent = 'events'::regclass;
DELETE FROM events;
SELECT partition, outcome FROM mosaic.run_maintenance('events', '2024-06-09 12:00+00');
SELECT count(*) FROM mosaic.partition_failure WHERE parent = 'events'::regclass;
SELECT mosaic.drop_parent('events');
DROP TABLE events;

-- Creation alone can be paused.
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('events', '1 day', time_zone => 'UTC', reference_time => '2024-06-05 12:00+00');
UPDATE mosaic.partition_set SET create_paused = true WHERE parent = 'events'::regclass;
SELECT count(*) FROM mosaic.run_maintenance('events', '2024-06-07 12:00+00');
UPDATE mosaic.partition_set SET create_paused = false WHERE parent = 'events'::regclass;
SELECT count(*) FROM mosaic.run_maintenance('events', '2024-06-07 12:00+00');
SELECT mosaic.drop_parent('events');
DROP TABLE events;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_create CASCADE;
