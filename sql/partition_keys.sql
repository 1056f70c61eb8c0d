-- Every type and format of a RANGE key.
CREATE SCHEMA partition_keys;
SET search_path = partition_keys;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
CREATE FUNCTION made(key_type text, width text, ahead integer, format text DEFAULT 'native', start text DEFAULT NULL,
	at timestamptz DEFAULT '2024-01-15 12:00+00', VARIADIC keys text[] DEFAULT '{}')
RETURNS TABLE (name text, lower_bound text, upper_bound text) LANGUAGE plpgsql AS $$
DECLARE key text;
BEGIN
	EXECUTE format('CREATE TABLE t (k %s) PARTITION BY RANGE (k)', key_type);
	IF keys <> '{}' THEN
		CREATE TABLE held PARTITION OF t FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
	END IF;
	FOREACH key IN ARRAY keys LOOP EXECUTE format('INSERT INTO t VALUES (%L)', key); END LOOP;
	RETURN QUERY SELECT p.partition::text, p.lower_bound, p.upper_bound
		FROM mosaic.create_parent('t', width, premake => ahead, key_format => format, start_at => start, time_zone => 'UTC', reference_time => at) p;
	PERFORM mosaic.drop_parent('t');
	DROP TABLE t;
END $$;

-- Times in their own types and in others.
SELECT t.type, t.format, m.*
FROM (VALUES (1, 'date', 'native'), (2, 'timestamp', 'native'), (3, 'timestamptz', 'native'), (4, 'timestamptz(0)', 'native'),
	(5, 'bigint', 'epoch_s'), (6, 'integer', 'epoch_s'), (7, 'bigint', 'epoch_ms'), (8, 'bigint', 'epoch_us'), (9, 'bigint', 'epoch_ns'),
	(10, 'uuid', 'uuidv7'), (11, 'text COLLATE "C"', 'ulid'), (12, 'varchar(26) COLLATE "C"', 'ulid'), (13, 'char(26) COLLATE "C"', 'ulid'),
	(14, 'bigint', 'snowflake')) t (n, type, format), LATERAL made(t.type, '1 month', 1, t.format) m
ORDER BY t.n, m.name;
-- Down to the finest width, and before 1970.
SELECT m.* FROM made('bigint', '1 second', 0, 'epoch_s', at => '2024-01-15 12:00:00.9+00') m;
SELECT m.* FROM made('bigint', '1 day', 0, 'epoch_ms', at => '1969-12-31 12:00+00') m;
SELECT m.* FROM made('bigint', '1 day', 0, 'epoch_ns', at => '1969-12-31 12:00+00') m;
-- Where the format ends, the last partition has no end and nothing follows.
SELECT m.* FROM made('integer', '1 year', 4, 'epoch_s', at => '2037-06-01 00:00+00') m;
SELECT m.* FROM made('bigint', '100 years', 4, 'epoch_ns', at => '2199-01-01 00:00+00') m;
SELECT m.* FROM made('bigint', '50 years', 3, 'snowflake', at => '2051-01-01 00:00+00') m;
SELECT m.* FROM made('integer', '50 years', 0, 'epoch_s', at => '1902-01-01 00:00+00') m;

-- A UUID made now goes where it belongs, so does the last one of the month.
CREATE TABLE u (k uuid, n integer) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('u', '1 day', premake => 1, key_format => 'uuidv7', time_zone => 'UTC', reference_time => '2024-01-01 12:00+00');
INSERT INTO u VALUES ('018cc251-f400-7000-8000-000000000000', 1), ('018cc778-4fff-7fff-bfff-ffffffffffff', 2), ('018cc778-5000-7000-8000-000000000000', 3);
SELECT tableoid::regclass, n FROM u ORDER BY n;
SELECT mosaic.drop_parent('u');
DROP TABLE u;
-- Bounds with more than a time in them are adopted; what follows begins at their very end.
CREATE TABLE u (k text COLLATE "C") PARTITION BY RANGE (k);
CREATE TABLE odd PARTITION OF u FOR VALUES FROM (MINVALUE) TO ('01HK153X00ABCDEF');
SELECT * FROM mosaic.create_parent('u', '1 day', premake => 1, key_format => 'ulid', time_zone => 'UTC', reference_time => '2024-01-01 12:00+00');
SELECT partition, lower_bound, upper_bound FROM mosaic.partitions('u');
SELECT mosaic.drop_parent('u');
DROP TABLE u;

-- Numbers: from the interval of the largest key; of an empty table, from 0.
SELECT t.type, m.* FROM (VALUES (1, 'smallint'), (2, 'integer'), (3, 'bigint'), (4, 'numeric')) t (n, type), LATERAL made(t.type, '1000', 1) m ORDER BY t.n, m.name;
SELECT m.* FROM made('bigint', '1000', 1, start => '-2500') m;
SELECT m.* FROM made('numeric', '0.25', 5, start => '-0.5') m;
SELECT m.* FROM made('numeric(10,2)', '0.25', 1, start => '99.50') m;
-- They run out at the ends of the type, without an error and once.
SELECT m.* FROM made('smallint', '1000', 4, start => '31000') m;
SELECT m.* FROM made('integer', '1000000000', 4, start => '1000000000') m;
SELECT m.* FROM made('bigint', '4000000000000000000', 4, start => '1') m;
SELECT m.* FROM made('numeric(4,1)', '250', 4, start => '500') m;
SELECT m.* FROM made('smallint', '1000', 1, start => '-32768') m;
CREATE TABLE small (k smallint) PARTITION BY RANGE (k);
CREATE TABLE few PARTITION OF small FOR VALUES FROM (-32700) TO (-32600);
INSERT INTO small VALUES (-32650);
SELECT * FROM mosaic.create_parent('small', '1000', premake => 1);
SELECT mosaic.drop_parent('small');
DROP TABLE small;
CREATE TABLE small (k smallint) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('small', '10000', premake => 3);
INSERT INTO small VALUES (32767);
SELECT count(*) FROM mosaic.run_maintenance('small');
SELECT code, detail FROM mosaic.partition_issues();
SELECT mosaic.drop_parent('small');
DROP TABLE small;

-- The largest key is that of the newest partition with rows, by its index or without.
CREATE TABLE ids (k bigint PRIMARY KEY) PARTITION BY RANGE (k);
SELECT lower_bound, upper_bound FROM mosaic.create_parent('ids', '1000', premake => 2);
INSERT INTO ids VALUES (5), (999);
SELECT count(*) FROM mosaic.run_maintenance('ids');
INSERT INTO ids VALUES (1000);
SELECT partition, lower_bound, upper_bound, detail FROM mosaic.run_maintenance('ids');
INSERT INTO ids VALUES (3999);
SELECT partition FROM mosaic.run_maintenance('ids');
-- Rows that are gone do not count, nor do keys out of reach.
DELETE FROM ids WHERE k = 3999;
DROP TABLE ids_p6000;
SELECT partition FROM mosaic.plan('ids');
SELECT covered_until, covered_at, next_create_at FROM mosaic.partition_coverage();
INSERT INTO ids VALUES (6000);
SELECT mosaic.drop_parent('ids');
DROP TABLE ids;
CREATE TABLE ids (k bigint) PARTITION BY RANGE (k DESC);
CREATE TABLE ids (k bigint NOT NULL) PARTITION BY RANGE (k);
CREATE INDEX ON ids (k DESC);
SELECT count(*) FROM mosaic.create_parent('ids', '1000', premake => 0);
INSERT INTO ids VALUES (5), (999);
UPDATE mosaic.partition_set SET premake = 1;
INSERT INTO ids SELECT 7;
SELECT partition FROM mosaic.run_maintenance('ids');
SELECT mosaic.drop_parent('ids');
DROP TABLE ids;

-- NaN and Infinity live where MAXVALUE is and move nothing.
CREATE TABLE amounts (k numeric) PARTITION BY RANGE (k);
CREATE TABLE beyond PARTITION OF amounts FOR VALUES FROM ('Infinity') TO (MAXVALUE);
CREATE TABLE below PARTITION OF amounts FOR VALUES FROM ('-Infinity') TO ('-1000');
SELECT partition, lower_bound, upper_bound FROM mosaic.create_parent('amounts', '0.5', premake => 1);
INSERT INTO amounts VALUES ('NaN'), ('Infinity'), ('-Infinity'), (0.75);
SELECT tableoid::regclass, k FROM amounts ORDER BY k;
SELECT partition, lower_bound, upper_bound FROM mosaic.run_maintenance('amounts');
SELECT partition, kind, lower_bound, upper_bound FROM mosaic.partitions('amounts');
SELECT code, detail FROM mosaic.partition_issues();
SELECT mosaic.drop_parent('amounts');
DROP TABLE amounts;

-- Expressions, where the server can route by them.
CREATE TABLE logs (at timestamptz, n integer) PARTITION BY RANGE (((at AT TIME ZONE 'UTC')::date));
SELECT * FROM mosaic.create_parent('logs', '1 day', premake => 1, time_zone => 'UTC', reference_time => '2024-01-15 12:00+00');
INSERT INTO logs VALUES ('2024-01-16 00:00+00', 1);
SELECT tableoid::regclass FROM logs;
SELECT mosaic.drop_parent('logs');
DROP TABLE logs;
CREATE TABLE logs (a integer, b integer) PARTITION BY RANGE ((a + b));
SELECT partition, lower_bound FROM mosaic.create_parent('logs', '100', premake => 1);
INSERT INTO logs VALUES (100, 50);
SELECT partition, lower_bound FROM mosaic.run_maintenance('logs');
SELECT mosaic.drop_parent('logs');
DROP TABLE logs;
-- Domains count as their base type, with its limits.
CREATE DOMAIN moment AS timestamptz(3);
CREATE DOMAIN price AS numeric(6,2) CHECK (VALUE < 1000);
SELECT m.* FROM made('moment', '1 day', 0) m;
SELECT m.* FROM made('price', '0.5', 1) m;
SELECT m.* FROM made('price', '0.125', 1) m;
-- A date further than timestamps reach.
CREATE TABLE far (k date) PARTITION BY RANGE (k);
CREATE TABLE farther PARTITION OF far FOR VALUES FROM ('2024-01-20') TO ('500000-01-01');
SELECT * FROM mosaic.create_parent('far', '1 day', premake => 30, start_at => '2024-01-18', time_zone => 'UTC', reference_time => '2024-01-18 12:00+00');
SELECT covered_until FROM mosaic.partition_coverage('2024-01-20 12:00+00');
SELECT mosaic.drop_parent('far');

RESET DateStyle;
RESET TimeZone;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_keys CASCADE;
