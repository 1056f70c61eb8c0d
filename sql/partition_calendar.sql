-- Boundaries in the calendars of the world: anchor + n × interval on the wall
-- clock of the set's zone, never chained.
CREATE SCHEMA partition_calendar;
SET search_path = partition_calendar;
SET DateStyle = 'ISO, YMD';
SET TimeZone = 'UTC';

-- What create_parent() makes of a new table, and how many hours each holds.
CREATE FUNCTION made(key_type text, width text, zone text, at timestamptz, ahead integer, start text DEFAULT NULL)
RETURNS TABLE (name text, lower_bound text, upper_bound text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE t (k %s) PARTITION BY RANGE (k)', key_type);
	RETURN QUERY SELECT p.partition::text, p.lower_bound, p.upper_bound
		FROM mosaic.create_parent('t', width, premake => ahead, start_at => start, time_zone => zone, reference_time => at) p;
	PERFORM mosaic.drop_parent('t');
	DROP TABLE t;
END $$;
CREATE FUNCTION days(width text, zone text, at timestamptz, ahead integer, start text DEFAULT NULL)
RETURNS TABLE (name text, lower_bound text, utc timestamp, hours numeric) LANGUAGE sql AS $$
	SELECT m.name, m.lower_bound, m.lower_bound::timestamptz AT TIME ZONE 'UTC',
		   round(extract(epoch FROM m.upper_bound::timestamptz - m.lower_bound::timestamptz) / 3600, 2)
	FROM made('timestamptz', width, zone, at, ahead, start) m
$$;

-- New York: a day of 23 hours and one of 25.
SELECT * FROM days('1 day', 'America/New_York', '2024-03-09 12:00+00', 3);
SELECT * FROM days('1 day', 'America/New_York', '2024-11-02 12:00+00', 2);
-- The hour that comes twice has two partitions, under two names.
SELECT count(*), count(DISTINCT name), min(hours), max(hours), min(utc), max(utc) FROM days('1 hour', 'America/New_York', '2024-11-03 04:00+00', 24);
SELECT name, lower_bound FROM days('1 hour', 'America/New_York', '2024-11-03 05:30+00', 2);
-- São Paulo: a day that begins at one.
SELECT * FROM days('1 day', 'America/Sao_Paulo', '2018-11-03 12:00+00', 2);
-- And one whose last hour came twice.
SELECT * FROM days('1 day', 'America/Sao_Paulo', '2018-02-17 12:00+00', 1);
-- Havana: midnight itself comes twice; the day begins with the second, as the server has it.
SELECT * FROM days('1 day', 'America/Havana', '2024-11-02 16:00+00', 2);
SELECT name, lower_bound FROM days('1 day', 'America/Havana', '2024-11-03 04:30+00', 0);
-- Apia: 30 December 2011 did not exist.
SELECT * FROM days('1 day', 'Pacific/Apia', '2011-12-28 20:00+00', 4);
SELECT name, lower_bound FROM days('1 day', 'Pacific/Apia', '2011-12-30 10:00+00', 0);
SELECT name, lower_bound FROM days('1 day', 'Pacific/Apia', '2011-12-30 09:59:59.999999+00', 0);
-- Lord Howe: half hours.
SELECT * FROM days('1 day', 'Australia/Lord_Howe', '2024-04-06 00:00+00', 2);
SELECT * FROM days('1 day', 'Australia/Lord_Howe', '2024-10-05 00:00+00', 2);
-- Kolkata: half an hour off, in days and in hours.
SELECT * FROM days('1 day', 'Asia/Kolkata', '2024-01-01 00:00+00', 1);
SELECT * FROM days('1 hour', 'Asia/Kolkata', '2024-01-01 00:00+00', 1);
-- A zone that is an abbreviation too is taken for the zone, where the system
-- knows it: Debian has taken these from its tzdata.
SELECT count(*) FILTER (WHERE lower_bound !~ '^2024-07-0[12] 00:00:00\+02$') AS not_in_summer
FROM pg_timezone_names z, days('1 day', z.name, '2024-07-01 12:00+00', 1) WHERE z.name = 'CET';
-- Before standard time offsets have seconds.
SELECT * FROM days('1 day', 'Europe/Paris', '1900-01-01 12:00+00', 1);

-- Months from the 29th, 30th and 31st come back to their day.
SELECT name, lower_bound, upper_bound FROM made('date', '1 month', 'UTC', '2024-01-31 12:00+00', 5, '2024-01-31');
SELECT name, lower_bound, upper_bound FROM made('date', '1 month', 'UTC', '2023-01-30 12:00+00', 3, '2023-01-30');
SELECT name, lower_bound, upper_bound FROM made('date', '1 month', 'UTC', '2023-01-29 12:00+00', 3, '2023-01-29');
SELECT name, lower_bound, upper_bound FROM made('date', '1 year', 'UTC', '2024-02-29 12:00+00', 4, '2024-02-29');
-- Also when planning begins in the middle, at the shortened month.
SELECT lower_bound, upper_bound FROM made('date', '1 month', 'UTC', '2025-02-28 12:00+00', 1, '2025-01-31') OFFSET 1;

-- Weeks are ISO's, over the end of a year too; quarters, halves and years begin on their first day.
SELECT name, lower_bound, to_char(lower_bound::date, 'IYYY"W"IW ID') AS iso FROM made('date', 'weekly', 'UTC', '2024-12-28 12:00+00', 2);
SELECT name, lower_bound, to_char(lower_bound::date, 'IYYY"W"IW ID') AS iso FROM made('date', '1 week', 'UTC', '2026-12-28 12:00+00', 1);
SELECT name, lower_bound FROM made('date', '2 weeks', 'UTC', '2024-12-28 12:00+00', 1);
SELECT w.width, m.lower_bound, m.upper_bound
FROM (VALUES (1, 'daily'), (2, 'monthly'), (3, 'quarterly'), (4, 'half-yearly'), (5, 'yearly'), (6, 'annually'), (7, '10 days'), (8, '2 months'), (9, '10 years'), (10, '24 hours')) w (n, width),
	LATERAL made('date', w.width, 'UTC', '2024-12-28 12:00+00', 0) m
ORDER BY w.n;
SELECT w.width, m.lower_bound, m.upper_bound
FROM (VALUES (1, 'hourly'), (2, '15 minutes'), (3, '36 hours'), (4, '1 second')) w (n, width),
	LATERAL made('timestamptz', w.width, 'UTC', '2024-12-28 12:20:30.25+00', 0) m
ORDER BY w.n;
-- Mixed units count from start_at.
SELECT lower_bound, upper_bound FROM made('timestamp', '1 month 1 day', 'UTC', '2024-02-20 00:00+00', 1, '2024-01-30');
SELECT lower_bound, upper_bound FROM made('timestamptz', '1 day 12 hours', 'America/New_York', '2024-03-09 12:00+00', 2, '2024-03-09');

-- A timestamp without zone has a plain grid; the zone says only what now is.
SELECT * FROM made('timestamp', '1 day', 'America/New_York', '2024-03-10 03:00+00', 2);
SELECT * FROM made('date', '1 day', 'Asia/Kolkata', '2024-03-10 19:00+00', 1);

-- Years before Christ, and across the year that does not exist.
SELECT * FROM made('date', '100 years', 'UTC', '0150-06-01 BC', 3, '0200-01-01 BC');
SELECT * FROM made('timestamptz', '1 year', 'UTC', '0002-06-01 12:00+00 BC', 2);
-- And after year 9999.
SELECT * FROM made('timestamptz', '1 month', 'UTC', '9999-12-31 12:00+00', 1);
-- A leap second is the next midnight's.
SELECT name FROM made('timestamptz', '1 day', 'UTC', '2016-12-31 23:59:60+00', 0);

-- One set kept by sessions of the most diverse settings.
CREATE TABLE t (k timestamptz) PARTITION BY RANGE (k);
SET TimeZone = 'Asia/Kolkata';
SET DateStyle = 'SQL, DMY';
SET IntervalStyle = 'iso_8601';
SELECT * FROM mosaic.create_parent('t', '1 day', premake => 1, retention => '1 mon 2 days 03:00', start_at => '03.03.2024', time_zone => 'America/New_York', reference_time => '2024-03-08 12:00+00');
SET TimeZone = 'America/Sao_Paulo';
SET DateStyle = 'German';
SET IntervalStyle = 'sql_standard';
SELECT * FROM mosaic.run_maintenance('t', '2024-03-10 12:00+00');
SET TimeZone = 'UTC';
SET DateStyle = 'Postgres, MDY';
SET IntervalStyle = 'postgres_verbose';
SELECT step, action, partition, lower_bound, upper_bound, reason, command FROM mosaic.plan('t', '2024-03-11 12:00+00');
SELECT partition, lower_bound, upper_bound FROM mosaic.partitions('t');
RESET IntervalStyle;
SET DateStyle = 'ISO, YMD';
SET TimeZone = 'America/New_York';
SELECT relname, pg_get_expr(relpartbound, oid) FROM pg_class WHERE relpartbound IS NOT NULL AND relnamespace = 'partition_calendar'::regnamespace ORDER BY relname;
-- The zone of create_parent() is the session's unless given, and is stored.
SELECT mosaic.drop_parent('t');
DROP TABLE t;
CREATE TABLE t (k timestamptz) PARTITION BY RANGE (k);
SET TimeZone = 'Asia/Kolkata';
SELECT lower_bound FROM mosaic.create_parent('t', '1 day', premake => 0, reference_time => '2024-03-08 12:00+00');
RESET TimeZone;
SELECT time_zone FROM mosaic.partition_set;
SELECT mosaic.drop_parent('t');
RESET DateStyle;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_calendar CASCADE;
