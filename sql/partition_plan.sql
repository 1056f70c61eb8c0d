-- plan() shows what a pass does, and changes nothing; a pass with nothing due
-- writes nothing.
CREATE SCHEMA partition_plan;
SET search_path = partition_plan;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
CREATE TABLE dim (id integer PRIMARY KEY);
CREATE TABLE events (at timestamptz NOT NULL, id bigint, dim integer REFERENCES dim, note text, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
CREATE TABLE counters (k bigint PRIMARY KEY) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('events', '1 month', premake => 2, retention => '3 months', start_at => '2024-01-01', time_zone => 'UTC', reference_time => '2024-03-15 12:00+00');
SELECT count(*) FROM mosaic.create_parent('counters', '1000', premake => 2);

-- What is due on some day, for one set and for all of them, by parent and step.
CREATE VIEW due AS SELECT * FROM mosaic.plan(reference_time => '2024-06-20 12:00+00');
INSERT INTO counters VALUES (1500);
SELECT parent, step, action, partition, lower_bound, upper_bound, reason FROM due ORDER BY parent::text COLLATE "C", step;
SELECT command FROM due WHERE step = 1 ORDER BY parent::text COLLATE "C";
-- Asked again it says the same, and nothing has changed.
SELECT count(*) FROM (SELECT * FROM due EXCEPT SELECT * FROM due) d;
SELECT count(*) FROM mosaic.partition_log WHERE parent IN ('events'::regclass, 'counters'::regclass) AND at > transaction_timestamp();
SELECT relname FROM pg_class WHERE relnamespace = 'partition_plan'::regnamespace AND relkind = 'r' AND relname <> 'dim' ORDER BY relname;
-- It works where nothing may be written.
BEGIN READ ONLY;
SELECT count(*) FROM due;
-- Under no lock that anybody would notice.
SELECT DISTINCT relation::regclass, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN (SELECT oid FROM pg_class WHERE relnamespace = 'partition_plan'::regnamespace AND relkind IN ('p', 'r')) AND mode <> 'AccessShareLock';
\set VERBOSITY terse
SELECT * FROM mosaic.run_maintenance('events', '2024-06-20 12:00+00');
\set VERBOSITY default
COMMIT;

-- A pass does what was planned, step by step in that order.
CREATE TEMPORARY TABLE planned AS SELECT * FROM due;
CREATE TEMPORARY TABLE done AS SELECT row_number() OVER () AS n, r.* FROM mosaic.run_maintenance(reference_time => '2024-06-20 12:00+00') r;
SELECT count(*) AS steps, bool_and(d.outcome = 'done' AND d.detail = p.reason) AS as_planned
FROM (SELECT row_number() OVER (ORDER BY parent, step) AS n, * FROM planned) p
FULL JOIN done d USING (n, parent, action, partition, lower_bound, upper_bound);
SELECT count(*) FROM due;
-- And logs the very commands.
SELECT count(*) AS other_commands FROM planned p
LEFT JOIN mosaic.partition_log l ON l.parent = p.parent AND l.partition = p.partition AND l.action = p.action AND l.command = p.command AND l.outcome = 'done'
WHERE l.id IS NULL;
SELECT action, partition, lower_bound, upper_bound, outcome, lock_tries, duration >= '0' AS lasted, sqlstate, detail
FROM mosaic.partition_log WHERE parent = 'events'::regclass ORDER BY id DESC LIMIT 2;
-- The commands are what a user could run by hand.
SELECT string_agg(command, ' ') AS by_hand FROM mosaic.plan('events', '2024-07-20 12:00+00') \gset
:by_hand
SELECT count(*) FROM mosaic.plan('events', '2024-07-20 12:00+00');
SELECT partition, lower_bound, upper_bound FROM mosaic.partitions('events');

-- Nothing due: no row, no transaction id and so no WAL, no lock to speak of.
BEGIN;
SELECT count(*) FROM mosaic.run_maintenance('events', '2024-07-20 12:00+00');
SELECT count(*) FROM mosaic.run_maintenance('counters', '2024-07-20 12:00+00');
SELECT pg_current_xact_id_if_assigned() IS NULL AS nothing_written;
SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'events'::regclass AND mode <> 'AccessShareLock';
COMMIT;
SELECT count(*) AS rows_before FROM mosaic.partition_log \gset
UPDATE mosaic.partition_set SET premake = 0, retention = NULL WHERE parent = 'events'::regclass;
-- (The procedure's clock is the present, so its set lies in the future.)
SELECT mosaic.drop_parent('events');
DROP TABLE events;
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('events', '1 month', start_at => '3024-01-01', time_zone => 'UTC', reference_time => '2024-03-15 12:00+00');
SELECT count(*) AS rows_before, coalesce(max(id), 0) AS last_before FROM mosaic.partition_log \gset
CALL mosaic.maintain('events');
CALL mosaic.maintain();
SELECT count(*) = :rows_before AND coalesce(max(id), 0) = :last_before AS nothing_logged FROM mosaic.partition_log;

-- maintain() does the same one step a transaction; the parent is analysed in the end.
UPDATE mosaic.partition_set SET premake = 6 WHERE parent = 'events'::regclass;
SELECT count(*) FROM mosaic.plan('events');
CALL mosaic.maintain('events');
SELECT count(*) FROM mosaic.plan('events');
SELECT count(*) AS steps, count(DISTINCT xmin::text) AS transactions FROM mosaic.partition_log WHERE parent = 'events'::regclass AND partition ~ '302406|302407';
SELECT last_analyze IS NOT NULL AS analyzed FROM pg_stat_user_tables WHERE relid = 'events'::regclass;
UPDATE mosaic.partition_set SET premake = 7 WHERE parent = 'events'::regclass;
-- Inside a transaction block it could not.
BEGIN;
CALL mosaic.maintain('events');
ROLLBACK;
SELECT count(*) FROM mosaic.plan('events');

-- Rolled back, a pass has made nothing.
BEGIN;
SELECT count(*) FROM mosaic.run_maintenance('events');
ROLLBACK;
SELECT count(*) FROM mosaic.plan('events');

-- More than the lock table holds is refused before the first, and left to maintain().
UPDATE mosaic.partition_set SET premake = 9000 WHERE parent = 'counters'::regclass;
SELECT action, outcome FROM mosaic.run_maintenance('counters');
SELECT count(*) FROM pg_inherits WHERE inhparent = 'counters'::regclass;
SELECT sqlstate FROM mosaic.partition_failure WHERE parent = 'counters'::regclass;
UPDATE mosaic.partition_set SET premake = 3 WHERE parent = 'counters'::regclass;
SELECT count(*) FROM mosaic.run_maintenance('counters') WHERE outcome = 'done';
SELECT mosaic.drop_parent('counters');

SELECT mosaic.drop_parent('events');
RESET DateStyle;
RESET TimeZone;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_plan CASCADE;
