-- What stops retention, and never creation, until somebody has looked.
CREATE SCHEMA partition_guards;
SET search_path = partition_guards;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET lc_messages = 'C';
-- Twenty days until yesterday, today and one more; a third is due, and ten have
-- expired.
CREATE PROCEDURE make() LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
	CREATE INDEX ON events (at);
	PERFORM mosaic.create_parent('events', '1 day', premake => 1, start_at => (date_trunc('day', now()) - interval '20 days')::text, time_zone => 'UTC');
	UPDATE mosaic.partition_set SET retention = '10 days', premake = 2 WHERE parent = 'events'::regclass;
END $$;
CREATE PROCEDURE forget() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mosaic.drop_parent('events');
	DROP TABLE events;
END $$;
CREATE VIEW planned AS
	SELECT action, count(*), min(regexp_replace(regexp_replace(reason, '\d{4}-[-0-9:.+ ]*\d', 'TIME', 'g'), 'ends 10 days.*', 'ends ...')) AS reason
	FROM mosaic.plan(to_regclass('events')) GROUP BY action ORDER BY action;
CREATE VIEW issues AS
	SELECT severity, code, regexp_replace(detail, '\d{4}-[-0-9:.+ ]*\d', 'TIME', 'g') AS detail, hint
	FROM mosaic.partition_issues() WHERE set = to_regclass('events') AND code <> 'coverage_short';
-- What the guards go by, so that a test need not set clocks.
CREATE PROCEDURE note(changes text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'UPDATE mosaic.retention_guard SET ' || changes || ' WHERE parent = ''events''::regclass';
END $$;

-- Scenario 58: a mistaken retention is seen in the plan, and stopped.
CALL make();
SET mosaic.max_drops = 5;
SELECT * FROM planned;
SELECT * FROM issues;
SELECT action, outcome, count(*) FROM mosaic.run_maintenance('events') GROUP BY action, outcome ORDER BY action;
SELECT action, count(*) FROM mosaic.run_maintenance('events') GROUP BY action;
SELECT mosaic.confirm_retention('events');
SELECT * FROM planned;
SELECT action, count(*) FROM mosaic.run_maintenance('events') GROUP BY action;
RESET mosaic.max_drops;
CALL forget();

-- Scenario 77: in another cluster, in another database, out of a dump.
CALL make();
CALL note('system_identifier = system_identifier + 1');
SELECT * FROM planned;
SELECT * FROM issues;
SELECT action, count(*) FROM mosaic.run_maintenance('events') GROUP BY action;
CALL mosaic.maintain('events');
SELECT count(*) FROM mosaic.partition_log WHERE parent = 'events'::regclass AND action <> 'create';
-- A time that somebody gives is no excuse.
SELECT count(*) FROM mosaic.run_maintenance('events', now() + interval '1 second');
SELECT mosaic.confirm_retention('events');
CALL note('database = 1');
SELECT action, count(*) FROM mosaic.run_maintenance('events') GROUP BY action;
CALL forget();
CALL make();
CALL note('database = 1');
SELECT * FROM issues;
DELETE FROM mosaic.retention_guard WHERE parent = 'events'::regclass;
SELECT * FROM issues;
SELECT status >= 1 AND message LIKE '%cluster_changed%' AS told FROM mosaic.health();
SELECT mosaic.confirm_retention('events');
CALL mosaic.maintain('events');
SELECT count(*) FROM mosaic.partition_log WHERE parent = 'events'::regclass AND action = 'drop';
-- From then on it is this one that is right.
SELECT system_identifier = (SELECT system_identifier FROM pg_control_system()) AS here FROM mosaic.retention_guard WHERE parent = 'events'::regclass;
SELECT count(*) FROM issues;
CALL forget();

-- The clock, while the server runs: both clocks must have moved alike.
CALL make();
CALL note('noted_at = noted_at - interval ''30 days'', steady_clock = steady_clock - 30::bigint * 86400 * 1000000');
SELECT * FROM planned;
CALL note('noted_at = noted_at + interval ''2 days''');
SELECT * FROM issues;
-- A row of now proves nothing while there is a clock that does.
INSERT INTO events VALUES (now());
SELECT action, count(*) FROM mosaic.run_maintenance('events') GROUP BY action;
CALL note('noted_at = noted_at - interval ''2 days''');
SELECT count(*) FROM issues;
CALL note('noted_at = now() + interval ''3 days''');
SELECT code, detail FROM issues;
CALL note('noted_at = now() - interval ''23 hours''');
SELECT count(*) FROM issues;
CALL note('noted_at = now() - interval ''25 hours'', steady_clock = steady_clock + 30::bigint * 86400 * 1000000');
SELECT code, detail FROM issues;
CALL note('noted_at = now() - interval ''23 hours''');
SELECT count(*) FROM issues;
CALL note('noted_at = now() - interval ''25 hours''');
SET mosaic.max_clock_jump = '60d';
SELECT count(*) FROM issues;
RESET mosaic.max_clock_jump;
-- A time that is given is a clock that nobody has set.
SELECT action, count(*) FROM mosaic.plan('events', now() - interval '1 second') WHERE reason NOT LIKE 'held%' GROUP BY action;
-- A pass that was held back does not take the clock for right.
CALL mosaic.maintain('events');
CALL mosaic.maintain('events');
-- A word is enough, and holds.
CALL mosaic.maintain('events');
SELECT count(*) FROM mosaic.partition_log WHERE parent = 'events'::regclass AND action = 'drop';
SELECT mosaic.confirm_retention('events');
CALL mosaic.maintain('events');
SELECT count(*) FROM mosaic.partition_log WHERE parent = 'events'::regclass AND action = 'drop';
SELECT abs(extract(epoch FROM now() - noted_at)) < 3600 AS now FROM mosaic.retention_guard WHERE parent = 'events'::regclass;
CALL forget();

-- Across a restart a gap may be downtime, or the clock: a row of now tells.
CALL make();
CALL note('noted_at = now() - interval ''30 days'', server_started = now() - interval ''31 days'', steady_clock = 1');
INSERT INTO events VALUES (now() - interval '3 days'), (now() + interval '1 day');
SELECT code, detail FROM issues;
CALL mosaic.maintain('events');
SELECT count(*) FROM mosaic.partition_log WHERE parent = 'events'::regclass AND action = 'drop';
INSERT INTO events VALUES (now());
SELECT count(*) FROM issues;
CALL mosaic.maintain('events');
SELECT count(*) FROM mosaic.partition_log WHERE parent = 'events'::regclass AND action = 'drop';
SELECT abs(extract(epoch FROM now() - noted_at)) < 3600 AS noted FROM mosaic.retention_guard WHERE parent = 'events'::regclass;
-- Behind the note no row helps.
CALL note('noted_at = now() + interval ''30 days'', server_started = now() - interval ''31 days''');
SELECT * FROM planned WHERE action <> 'create';
UPDATE mosaic.partition_set SET retention = '5 days' WHERE parent = 'events'::regclass;
SELECT code FROM issues;
-- A short gap is none.
CALL note('noted_at = now() - interval ''20 hours'', server_started = now() - interval ''31 days''');
SELECT count(*) FROM issues;
CALL forget();
-- Numbers know no clock.
CREATE TABLE events (k bigint) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('events', '10', premake => 1, retention => '5');
INSERT INTO events VALUES (15);
CALL note('noted_at = now() - interval ''30 days''');
SELECT action, partition FROM mosaic.plan('events');
CALL forget();
-- A pass with nothing to do writes nothing, but for the note when it is old.
CALL make();
CALL mosaic.maintain('events');
SELECT xmin AS before FROM mosaic.retention_guard WHERE parent = 'events'::regclass \gset
CALL mosaic.maintain('events');
SELECT xmin = :'before' AS same FROM mosaic.retention_guard WHERE parent = 'events'::regclass;
CALL note('noted_at = noted_at - interval ''13 hours'', steady_clock = steady_clock - 13::bigint * 3600 * 1000000');
CALL mosaic.maintain('events');
SELECT now() - noted_at < interval '1 hour' AS noted FROM mosaic.retention_guard WHERE parent = 'events'::regclass;
CALL forget();

-- Scenario 59: a late row makes no partition that has expired.
CALL make();
CALL mosaic.maintain('events');
\set VERBOSITY sqlstate
INSERT INTO events VALUES (now() - interval '15 days');
\set VERBOSITY terse
CALL mosaic.maintain('events');
SELECT count(*) FROM mosaic.plan('events');
CALL forget();

-- By size: the oldest go until the rest has room, and never against another
-- criterion.
CREATE TABLE events (k bigint NOT NULL, filler text) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('events', '100', premake => 4);
INSERT INTO events SELECT k, repeat('x', 1000) FROM generate_series(0, 449) k;
SELECT sum(bytes) AS all, sum(bytes) FILTER (WHERE lower_bound::bigint >= 200) AS newest FROM mosaic.partitions('events') \gset
UPDATE mosaic.partition_set SET create_paused = true, retain_bytes = :all WHERE parent = 'events'::regclass;
SELECT count(*) FROM mosaic.plan('events');
UPDATE mosaic.partition_set SET retain_bytes = :all - 1 WHERE parent = 'events'::regclass;
SELECT action, partition, regexp_replace(reason, '\d+', 'N') AS reason FROM mosaic.plan('events');
UPDATE mosaic.partition_set SET retain_bytes = :newest WHERE parent = 'events'::regclass;
SELECT action, partition FROM mosaic.plan('events');
UPDATE mosaic.partition_set SET retain_partitions = 4 WHERE parent = 'events'::regclass;
SELECT action, partition, regexp_replace(reason, '\d{4,}', 'N') AS reason FROM mosaic.plan('events');
UPDATE mosaic.partition_set SET retain_partitions = NULL, retention = '400' WHERE parent = 'events'::regclass;
SELECT count(*) FROM mosaic.plan('events');
-- Never the one that holds now, however large.
UPDATE mosaic.partition_set SET retain_bytes = 1, retention = NULL WHERE parent = 'events'::regclass;
SELECT action, partition FROM mosaic.plan('events');
SELECT action, partition, outcome FROM mosaic.run_maintenance('events');
SELECT count(*) FROM mosaic.run_maintenance('events');
CALL forget();

-- Scenario 53: a partition that others refer to goes when they no longer do;
-- what holds it is named.
CREATE TABLE events (k bigint PRIMARY KEY) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('events', '100', premake => 3);
CREATE TABLE reactions (event bigint CONSTRAINT reaction_to_event REFERENCES events);
INSERT INTO events VALUES (1), (101), (350);
INSERT INTO reactions VALUES (101);
UPDATE mosaic.partition_set SET create_paused = true, retention = '100' WHERE parent = 'events'::regclass;
CALL mosaic.maintain('events');
SELECT partition FROM mosaic.partition_bounds('events');
-- (releases name the constraint of a partition differently)
SELECT code, regexp_replace(regexp_replace(detail, ', at .* with ', ' with '), 'constraint "[^"]*"', 'constraint "..."') AS detail FROM mosaic.failing_sets() WHERE set = 'events'::regclass;
DELETE FROM reactions;
CALL mosaic.maintain('events');
SELECT partition FROM mosaic.partition_bounds('events');
DROP TABLE reactions;
CALL forget();

-- Scenario 52: a table that the partitions refer to is not locked by a drop.
CREATE TABLE dim (id integer PRIMARY KEY);
CREATE TABLE events (k bigint, dim integer REFERENCES dim) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('events', '100', premake => 3);
INSERT INTO dim VALUES (1);
INSERT INTO events VALUES (1, 1), (101, 1), (350, 1);
UPDATE mosaic.partition_set SET create_paused = true, retention = '200' WHERE parent = 'events'::regclass;
BEGIN;
SELECT action, partition, outcome FROM mosaic.run_maintenance('events');
SELECT mode FROM pg_locks WHERE relation = 'dim'::regclass AND pid = pg_backend_pid();
COMMIT;
CALL forget();
DROP TABLE dim;

RESET lc_messages;
RESET DateStyle;
RESET TimeZone;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_guards CASCADE;
