-- How sets stand: partition_status, partition_coverage(), partition_issues(),
-- partitions(); and what drop_parent() leaves.
CREATE SCHEMA partition_status;
SET search_path = partition_status;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('events', '1 day', premake => 2, retention => '2 days', time_zone => 'UTC', reference_time => '2024-01-15 12:00+00');

-- Coverage as time goes by.
CREATE FUNCTION at(reference_time timestamptz) RETURNS TABLE (covered_until text, covered_at timestamptz, next_create_at timestamptz, partitions integer, default_rows bigint, expired integer, error text, issues text)
LANGUAGE sql AS $$
	SELECT c.covered_until, c.covered_at, c.next_create_at, c.partitions, c.default_rows, c.expired, c.error,
		   (SELECT string_agg(i.severity || ' ' || i.code, ', ' ORDER BY i.code) FROM mosaic.partition_issues(reference_time) i)
	FROM mosaic.partition_coverage(reference_time) c
$$;
SELECT * FROM at('2024-01-15 12:00+00');
SELECT * FROM at('2024-01-15 23:59:59.999999+00');
SELECT * FROM at('2024-01-16 00:00+00');
SELECT * FROM at('2024-01-17 12:00+00');
SELECT * FROM at('2024-01-18 00:00+00');
SELECT * FROM at('2024-01-14 12:00+00');
-- next_create_at is when plan() has the next one, and not a moment before.
SELECT count(*) FROM mosaic.plan('events', (SELECT next_create_at FROM at('2024-01-15 12:00+00')) - interval '1 microsecond');
SELECT count(*) FROM mosaic.plan('events', (SELECT next_create_at FROM at('2024-01-15 12:00+00')));
-- A gap ends the coverage.
DROP TABLE events_p20240116;
SELECT covered_until, next_create_at, issues FROM at('2024-01-15 12:00+00');
SELECT severity, code, set, object, detail, hint FROM mosaic.partition_issues('2024-01-15 12:00+00');
SELECT severity, code, set, object, detail, hint FROM mosaic.partition_issues('2024-01-16 12:00+00');
SELECT severity, code, set, object, detail, hint FROM mosaic.partition_issues('2024-01-17 12:00+00') ORDER BY code;
-- Paused, it still says that it runs out.
UPDATE mosaic.partition_set SET create_paused = true, retain_paused = true WHERE parent = 'events'::regclass;
SELECT severity, code, detail, hint FROM mosaic.partition_issues('2024-01-17 12:00+00') ORDER BY code;
UPDATE mosaic.partition_set SET create_paused = false, retain_paused = false WHERE parent = 'events'::regclass;
-- More partitions than asked for are no issue.
CREATE TABLE more PARTITION OF events FOR VALUES FROM ('2024-01-18 00:00+00') TO ('2024-01-25 00:00+00');
SELECT covered_until, next_create_at, issues FROM at('2024-01-17 12:00+00');
DROP TABLE more;
-- Rows in the default.
CREATE TABLE rest PARTITION OF events DEFAULT;
SELECT default_rows, issues FROM at('2024-01-15 12:00+00');
INSERT INTO events SELECT '2030-01-01 00:00+00' FROM generate_series(1, 100);
ANALYZE rest;
SELECT default_rows FROM at('2024-01-15 12:00+00');
SELECT object, detail, hint FROM mosaic.partition_issues('2024-01-15 12:00+00') WHERE code = 'rows_in_default';
DROP TABLE rest;
-- Without a partition.
DROP TABLE events_p20240115, events_p20240117;
SELECT * FROM at('2024-01-15 12:00+00');
SELECT mosaic.drop_parent('events');

-- The view, for the present.
SELECT count(*) FROM mosaic.create_parent('events', '100 years', premake => 1, retention => '1 year', start_at => '2000-01-01', time_zone => 'UTC');
SELECT parent, covered_until, time_left > interval '50 years' AS time_left, next_create_at, partitions, default_rows, expired_waiting, create_paused, retain_paused,
	last_ok IS NOT NULL AS last_ok, last_error, consecutive_failures FROM mosaic.partition_status;
-- The last error goes with the next good pass.
CREATE TABLE rest PARTITION OF events DEFAULT;
CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no tables today'; END $$;
CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION refuse();
UPDATE mosaic.partition_set SET premake = 2 WHERE parent = 'events'::regclass;
CALL mosaic.maintain('events');
CALL mosaic.maintain('events');
SELECT last_error, consecutive_failures FROM mosaic.partition_status;
SELECT action, partition, outcome, sqlstate FROM mosaic.partition_log WHERE parent = 'events'::regclass ORDER BY id;
SELECT severity, code, set FROM mosaic.failing_sets();
DROP EVENT TRIGGER refuse;
CALL mosaic.maintain('events');
SELECT last_error, consecutive_failures FROM mosaic.partition_status;

-- partitions() knows any partitioned table.
ANALYZE events;
SELECT partition, kind, lower_bound, upper_bound, rows_estimate, bytes > 0 AS bytes FROM mosaic.partitions('events');
-- Forgotten, the tables stay with their rows, and can be managed again.
INSERT INTO events VALUES ('2050-01-01 00:00+00');
SELECT mosaic.confirm_retention('events');
SELECT mosaic.drop_parent('events');
SELECT count(*) FROM events;
SELECT partition, kind FROM mosaic.partitions('events');
SELECT (SELECT count(*) FROM mosaic.partition_set), (SELECT count(*) FROM mosaic.retention_confirmed), (SELECT count(*) FROM mosaic.partition_failure), (SELECT count(*) FROM mosaic.partition_status);
DROP TABLE rest;
SELECT count(*) FROM mosaic.create_parent('events', '100 years', premake => 1, start_at => '2000-01-01', time_zone => 'UTC');
SELECT mosaic.drop_parent('events');

RESET DateStyle;
RESET TimeZone;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_status CASCADE;
