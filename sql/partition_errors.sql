-- Every bad input has one clear error, and leaves nothing behind.
CREATE SCHEMA partition_errors;
SET search_path = partition_errors;
CREATE TABLE events (at timestamptz NOT NULL, id bigint) PARTITION BY RANGE (at);
CREATE TABLE days (k date) PARTITION BY RANGE (k);
CREATE TABLE ids (k bigint) PARTITION BY RANGE (k);
CREATE TABLE amounts (k numeric(6,2)) PARTITION BY RANGE (k);

-- Tables that cannot be managed.
CREATE TABLE plain (at timestamptz);
CREATE VIEW looks AS SELECT * FROM events;
CREATE TEMPORARY TABLE passing (at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE pairs (a integer, at timestamptz) PARTITION BY RANGE (a, at);
SELECT mosaic.create_parent('plain', '1 day');
SELECT mosaic.create_parent('looks', '1 day');
\set VERBOSITY sqlstate
SELECT mosaic.create_parent('passing', '1 day');
\set VERBOSITY default
SELECT mosaic.create_parent('pairs', '1 day');
SELECT mosaic.create_parent('nowhere', '1 day');
SELECT mosaic.create_parent(1::oid, '1 day');
SELECT mosaic.create_parent(NULL, '1 day');

-- Types of key.
CREATE TABLE words (k text) PARTITION BY RANGE (k);
CREATE TABLE cwords (k text COLLATE "C") PARTITION BY RANGE (k);
CREATE TABLE uuids (k uuid) PARTITION BY RANGE (k);
CREATE TABLE floats (k double precision) PARTITION BY RANGE (k);
CREATE TABLE spans (k interval) PARTITION BY RANGE (k);
CREATE TABLE small (k integer) PARTITION BY RANGE (k);
SELECT mosaic.create_parent('words', '1 day');
SELECT mosaic.create_parent('cwords', '1 day', key_format => 'uuidv7');
SELECT mosaic.create_parent('words', '1 day', key_format => 'ulid');
SELECT mosaic.create_parent('uuids', '1 day');
SELECT mosaic.create_parent('uuids', '1 day', key_format => 'snowflake');
SELECT mosaic.create_parent('floats', '1');
SELECT mosaic.create_parent('spans', '1 day');
SELECT mosaic.create_parent('ids', '1 day', key_format => 'epoch');
SELECT mosaic.create_parent('small', '1 day', key_format => 'epoch_ms');
SELECT mosaic.create_parent('events', '1 day', key_format => 'epoch_s');

-- Intervals.
SELECT mosaic.create_parent('events');
SELECT mosaic.create_parent('events', '0');
SELECT mosaic.create_parent('events', '0 days');
SELECT mosaic.create_parent('events', '-1 day');
SELECT mosaic.create_parent('events', '1 month -1 day', start_at => '2024-01-01');
SELECT mosaic.create_parent('events', '1000');
SELECT mosaic.create_parent('events', 'a fortnight');
SELECT mosaic.create_parent('events', '');
SELECT mosaic.create_parent('events', '1 microsecond');
SELECT mosaic.create_parent('events', '1.5 seconds');
SELECT mosaic.create_parent('events', '1 month 1 day');
SELECT mosaic.create_parent('days', '12 hours');
SELECT mosaic.create_parent('days', '36 hours');
SELECT mosaic.create_parent('ids', '1 day');
SELECT mosaic.create_parent('ids', '0');
SELECT mosaic.create_parent('ids', '-5');
SELECT mosaic.create_parent('ids', '0.5');
SELECT mosaic.create_parent('ids', 'NaN');
SELECT mosaic.create_parent('ids', '1.2.3');
SELECT mosaic.create_parent('amounts', '0.001');
-- (Before PostgreSQL 17 no interval is infinite.)
DO $$
BEGIN
	PERFORM mosaic.create_parent('events', 'infinity');
EXCEPTION WHEN invalid_datetime_format OR datetime_field_overflow THEN
	RAISE NOTICE 'refused';
END $$;

-- Retention.
SELECT mosaic.create_parent('events', '1 day', retention => '90');
SELECT mosaic.create_parent('events', '1 day', retention => '0 days');
SELECT mosaic.create_parent('events', '1 day', retention => '-1 month');
SELECT mosaic.create_parent('events', '1 day', retention => 'for ever');
SELECT mosaic.create_parent('ids', '1000', retention => '90 days');
SELECT mosaic.create_parent('ids', '1000', retention => '-1');

-- Where to begin.
SELECT mosaic.create_parent('events', '1 day', start_at => 'someday');
SELECT mosaic.create_parent('events', '1 day', start_at => 'infinity');
SELECT mosaic.create_parent('days', '1 day', start_at => '2024-01-01 12:00');
SELECT mosaic.create_parent('ids', '1000', start_at => '0.5');
SELECT mosaic.create_parent('ids', '1000', start_at => 'NaN');
SELECT mosaic.create_parent('small', '1000', start_at => '3000000000');
SELECT mosaic.create_parent('amounts', '1', start_at => '0.125');
SELECT mosaic.create_parent('uuids', '1 day', key_format => 'uuidv7', start_at => '1969-12-31 00:00+00', reference_time => '1970-01-01 00:00+00');

-- The rest of the options.
SELECT mosaic.create_parent('events', '1 day', premake => -1);
SELECT mosaic.create_parent('events', '1 second', premake => 2147483647);
SELECT mosaic.create_parent('events', '1 day', premake => NULL);
SELECT mosaic.create_parent('events', '1 day', key_format => NULL);
SELECT mosaic.create_parent('events', '1 day', default_partition => NULL);
SELECT mosaic.create_parent('events', '1 day', reference_time => NULL);
SELECT mosaic.create_parent('events', '1 day', reference_time => 'infinity');
SELECT mosaic.create_parent('events', '1 day', time_zone => 'Mars/Olympus_Mons');
SELECT mosaic.create_parent('events', '1 day', time_zone => '');
-- Years of minutes in one transaction are refused before the first is made.
\set VERBOSITY sqlstate
SELECT mosaic.create_parent('events', '1 second', start_at => '1900-01-01', reference_time => '2024-01-01 00:00+00');
-- Options of other strategies.
SELECT mosaic.create_parent('events', '1 day', lists => '{"a": [1]}');
SELECT mosaic.create_parent('events', '1 day', modulus => 4);
\set VERBOSITY default

-- Rows in the default keep one partition from being made, and no other.
BEGIN;
CREATE TABLE rest PARTITION OF events DEFAULT;
INSERT INTO events VALUES ('2024-01-15 00:00+00');
SELECT * FROM mosaic.create_parent('events', '1 day', premake => 1, reference_time => '2024-01-15 12:00+00', time_zone => 'UTC');
ROLLBACK;

-- Nothing is left of all that.
SELECT count(*) FROM mosaic.partition_set;
SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent IN (SELECT oid FROM pg_class WHERE relnamespace = 'partition_errors'::regnamespace AND relkind = 'p');
SELECT relname FROM pg_class WHERE relnamespace = 'partition_errors'::regnamespace AND relkind = 'r';

-- A managed set: once is enough, and UPDATE obeys the same rules.
SELECT count(*) FROM mosaic.create_parent('events', '1 day', time_zone => 'UTC', reference_time => '2024-01-15 12:00+00');
SELECT mosaic.create_parent('events', '1 month');
UPDATE mosaic.partition_set SET partition_interval = '1 microsecond';
UPDATE mosaic.partition_set SET partition_interval = NULL;
UPDATE mosaic.partition_set SET retention = '90';
UPDATE mosaic.partition_set SET premake = -1;
UPDATE mosaic.partition_set SET time_zone = 'Mars/Olympus_Mons';
UPDATE mosaic.partition_set SET retention_action = 'burn';
UPDATE mosaic.partition_set SET retention_action = 'move';
UPDATE mosaic.partition_set SET retention_action = 'move', retention_schema = 'partition_errors_none';
UPDATE mosaic.partition_set SET retention_tablespace = 'partition_errors_none';
UPDATE mosaic.partition_set SET retain_partitions = 0;
UPDATE mosaic.partition_set SET table_options = '{fillfactor=5}';
UPDATE mosaic.partition_set SET table_options = '{colour=red}';
UPDATE mosaic.partition_set SET table_options = '{toast.colour=red}';
-- NULL where a value is needed.
\set VERBOSITY terse
UPDATE mosaic.partition_set SET time_zone = NULL;
UPDATE mosaic.partition_set SET retention_action = NULL;
UPDATE mosaic.partition_set SET strategy = NULL;
UPDATE mosaic.partition_set SET key_format = NULL;
\set VERBOSITY sqlstate
UPDATE mosaic.partition_set SET premake = NULL;
UPDATE mosaic.partition_set SET create_paused = NULL;
UPDATE mosaic.partition_set SET inherit_privileges = NULL;
UPDATE mosaic.partition_set SET parent = NULL;
UPDATE mosaic.partition_set SET parent = 1::oid;
\set VERBOSITY default

-- Functions on what is no set, and their clocks.
SELECT mosaic.drop_parent('days');
SELECT mosaic.plan('days');
SELECT mosaic.run_maintenance('days');
CALL mosaic.maintain('days');
SELECT mosaic.confirm_retention('days');
SELECT mosaic.drop_parent(1::oid);
SELECT mosaic.partitions('plain');
SELECT mosaic.plan('events', NULL);
SELECT mosaic.plan('events', 'infinity');
SELECT mosaic.run_maintenance('events', '-infinity');
SELECT mosaic.partition_issues('infinity');
BEGIN;
CALL mosaic.maintain('events');
ROLLBACK;

SELECT mosaic.drop_parent('events');
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_errors CASCADE;
