-- The fifteen acceptance scenarios of pg_partman's own tests, as this extension
-- has them.  What differs on purpose is marked: coverage counts from now (or
-- the largest key), exactly, and a hole ahead is filled by any pass.
CREATE SCHEMA partition_scenarios;
CREATE SCHEMA partition_scenarios_attic;
SET search_path = partition_scenarios;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET client_min_messages = warning;
\set VERBOSITY terse
\set today '\'2024-06-15 12:00+00\''

-- Last digits of numbers, or days from the 15th of June 2024, at which the
-- partitions begin; D for a default.
CREATE FUNCTION numbers(parent regclass) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(CASE kind WHEN 'default' THEN 'D' ELSE right(lower_bound, 3) END, ' ') FROM mosaic.partition_bounds(parent));
CREATE FUNCTION days(parent regclass) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(CASE kind WHEN 'default' THEN 'D' ELSE (lower_bound::date - '2024-06-15'::date)::text END, ' ') FROM mosaic.partition_bounds(parent));
CREATE FUNCTION maintain(parent regclass, at timestamptz DEFAULT '2024-06-15 12:00+00') RETURNS text LANGUAGE sql
RETURN (SELECT COALESCE(string_agg(n || ' ' || action || ' ' || outcome, ', ' ORDER BY action), 'nothing') FROM (
	SELECT r.action, r.outcome, count(*) AS n FROM mosaic.run_maintenance(maintain.parent, maintain.at) r GROUP BY 1, 2) done);

-- 1. Bigint beyond int4.
CREATE TABLE one (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
SELECT count(*) FROM mosaic.create_parent('one', '10', start_at => '3000000000', default_partition => true);
SELECT numbers('one');
INSERT INTO one SELECT generate_series(3000000001, 3000000009);
SELECT maintain('one');
INSERT INTO one SELECT generate_series(3000000010, 3000000025);
SELECT maintain('one');
SELECT numbers('one');
INSERT INTO one SELECT generate_series(3000000026, 3000000038);
SELECT maintain('one');
SELECT numbers('one');
SELECT right(tableoid::regclass::text, 4) AS partition, count(*) FROM one GROUP BY tableoid ORDER BY 1;
INSERT INTO one SELECT generate_series(3000000200, 3000000210);
SELECT maintain('one');
SELECT (SELECT count(*) FROM one_default);
UPDATE mosaic.partition_set SET retention = '20' WHERE parent = 'one'::regclass;
SELECT maintain('one');
SELECT numbers('one');
UPDATE mosaic.partition_set SET retention = '10', retention_action = 'move', retention_schema = 'partition_scenarios_attic' WHERE parent = 'one'::regclass;
SELECT maintain('one');
SELECT numbers('one'), (SELECT count(*) FROM partition_scenarios_attic.one_p3000000010);
SELECT mosaic.drop_parent('one'), (SELECT count(*) FROM one);	-- its undo: every table stays

-- 2. Daily timestamptz.  Coverage does not run on behind rows of the future.
CREATE TABLE two (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('two', '1 day', start_at => '2024-06-11', time_zone => 'UTC', default_partition => true, reference_time => :today);
SELECT days('two');
INSERT INTO two SELECT timestamptz :today + d * interval '1 day' FROM generate_series(-4, 4) d, generate_series(1, 10);
UPDATE mosaic.partition_set SET premake = 5 WHERE parent = 'two'::regclass;
SELECT maintain('two');
SELECT days('two');
INSERT INTO two SELECT timestamptz :today + interval '5 days' FROM generate_series(1, 22);
SELECT maintain('two'), maintain('two', '2024-06-15 23:59:59.999999+00');
UPDATE mosaic.partition_set SET premake = 6 WHERE parent = 'two'::regclass;
SELECT maintain('two');
SELECT days('two'), (SELECT count(*) FROM two), (SELECT count(*) FROM two_default);

-- 3. Catch-up: the whole window in one pass; behind now nothing is made up.
DROP TABLE two_p20240613, two_p20240614, two_p20240615, two_p20240616, two_p20240617, two_p20240618, two_p20240619, two_p20240620, two_p20240621;
SELECT days('two');
SELECT maintain('two');
SELECT days('two');
SELECT code, detail FROM mosaic.partition_issues(:today) WHERE code = 'gap_in_past';
INSERT INTO two SELECT timestamptz :today + interval '20 days' FROM generate_series(1, 11);
SELECT maintain('two');
SELECT (SELECT count(*) FROM two_default);
UPDATE mosaic.partition_set SET retention = '3 days' WHERE parent = 'two'::regclass;
SELECT maintain('two');
SELECT days('two');
UPDATE mosaic.partition_set SET retention = '2 days', retention_action = 'move', retention_schema = 'partition_scenarios_attic' WHERE parent = 'two'::regclass;
SELECT maintain('two');
SELECT days('two'), to_regclass('partition_scenarios_attic.two_p20240612') IS NOT NULL AS moved;

-- 4. Lists of one value, past ten in order; no values are guessed ahead.
CREATE TABLE four (n integer) PARTITION BY LIST (n);
SELECT count(*) FROM mosaic.create_parent('four', lists => '{"p0": [0], "p1": [1], "p2": [2]}', default_partition => true);
SELECT list, count(*) FROM generate_series(3, 12) n, LATERAL (SELECT 'p' || n AS list) l, mosaic.list_assign('four', list, ARRAY[n::text]) GROUP BY n, list ORDER BY n;
INSERT INTO four SELECT n FROM generate_series(0, 12) n, generate_series(1, 10);
INSERT INTO four SELECT 200 FROM generate_series(1, 11);
SELECT maintain('four');
SELECT (SELECT count(*) FROM four_default), (SELECT string_agg(lower_bound, ' ') FROM mosaic.partition_bounds('four') WHERE kind = 'list') AS in_order;

-- 5. numeric(9,2).
CREATE TABLE five (n numeric(9,2) NOT NULL) PARTITION BY RANGE (n);
SELECT count(*) FROM mosaic.create_parent('five', '100', default_partition => true);
INSERT INTO five SELECT generate_series(1.5, 90.5);
INSERT INTO five SELECT generate_series(100.5, 200.5);
INSERT INTO five VALUES (300.5);
SELECT tableoid::regclass, count(*) FROM five GROUP BY 1 ORDER BY min(n);
SELECT maintain('five');
SELECT (SELECT string_agg(lower_bound, ' ') FROM mosaic.partition_bounds('five'));
INSERT INTO five SELECT generate_series(2000.4, 2100.4);
UPDATE mosaic.partition_set SET retention = '200' WHERE parent = 'five'::regclass;
SELECT maintain('five');
SELECT (SELECT string_agg(lower_bound, ' ') FROM mosaic.partition_bounds('five')), (SELECT count(*) FROM five_default);

-- 6. Holes between ids, 7. between days: any pass fills them, with all indexes.
CREATE TABLE six (id bigint PRIMARY KEY, other bigint, UNIQUE (other, id)) PARTITION BY RANGE (id);
SELECT count(*) FROM mosaic.create_parent('six', '10', premake => 7, start_at => '3000000000');
DROP TABLE six_p3000000020, six_p3000000040, six_p3000000050, six_p3000000060;
SELECT maintain('six');
SELECT numbers('six');
SELECT count(*), min(i.indexes), max(i.indexes) FROM mosaic.partition_bounds('six') p, LATERAL (SELECT count(*) AS indexes FROM pg_index WHERE indrelid = p.partition AND indisunique) i;
CREATE TABLE seven (at date PRIMARY KEY) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('seven', '1 day', premake => 12, start_at => '2024-06-11', time_zone => 'UTC', reference_time => :today);
DROP TABLE seven_p20240617, seven_p20240618, seven_p20240621, seven_p20240622, seven_p20240625, seven_p20240626;
SELECT maintain('seven');
SELECT days('seven');
SELECT count(*) FROM mosaic.partition_bounds('seven') p JOIN pg_index i ON i.indrelid = p.partition AND i.indisprimary;

-- 8. No data at all: exact, at any time of day.
CREATE TABLE eight (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('eight', '1 day', time_zone => 'UTC', reference_time => '2024-06-15 00:00+00');
UPDATE mosaic.partition_set SET premake = 5 WHERE parent = 'eight'::regclass;
SELECT maintain('eight', '2024-06-15 00:00+00'), maintain('eight', '2024-06-15 12:00+00'), maintain('eight', '2024-06-15 23:59:59.999999+00');
SELECT days('eight');
UPDATE mosaic.partition_set SET premake = 7 WHERE parent = 'eight'::regclass;
SELECT maintain('eight', '2024-06-15 23:59:59.999999+00');
SELECT days('eight');

-- 9. No order of sets is kept, and none is needed: one that fails stops nobody.
CREATE TABLE nine_a (id integer NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE nine_b (id integer NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE nine_c (id integer NOT NULL) PARTITION BY RANGE (id);
SELECT count(*) FROM (VALUES ('nine_a'), ('nine_b'), ('nine_c')) s(name), mosaic.create_parent(s.name::regclass, '10', default_partition => true);
INSERT INTO nine_a VALUES (15); INSERT INTO nine_b VALUES (15); INSERT INTO nine_c VALUES (15);
CREATE ROLE partition_scenarios_owner;
ALTER TABLE nine_b OWNER TO partition_scenarios_owner;	-- who may not create anything here
SELECT r.parent, r.lower_bound, r.outcome FROM (VALUES ('nine_a'), ('nine_b'), ('nine_c')) s(name), mosaic.run_maintenance(s.name::regclass) r ORDER BY s.name;
SELECT parent, sqlstate FROM mosaic.partition_failure WHERE parent::text ~ 'nine';

-- 10. Replica identity and publication.
CREATE TABLE ten (at date PRIMARY KEY) PARTITION BY RANGE (at);
ALTER TABLE ten REPLICA IDENTITY FULL;
SET client_min_messages = error;
CREATE PUBLICATION partition_scenarios FOR TABLE ten;
SET client_min_messages = warning;
SELECT count(*) FROM mosaic.create_parent('ten', '1 day', start_at => '2024-06-11', time_zone => 'UTC', default_partition => true, retention => '2 days', reference_time => :today);
UPDATE mosaic.partition_set SET retention_action = 'detach', premake = 6 WHERE parent = 'ten'::regclass;
SELECT maintain('ten');
SELECT days('ten');
SELECT c.relreplident, count(*) FROM mosaic.partition_bounds('ten') p JOIN pg_class c ON c.oid = p.partition GROUP BY 1;
SELECT count(*), min(tablename), max(tablename), bool_or(tablename ~ '0611|0612') AS detached FROM pg_publication_tables WHERE pubname = 'partition_scenarios';
SELECT to_regclass('ten_p20240611') IS NOT NULL AS kept;
DROP PUBLICATION partition_scenarios;

-- 11. Long names, and two that begin alike.
CREATE TABLE a234567890123456789012345678901234567890123456789012345678x (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE a234567890123456789012345678901234567890123456789012345678y (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT count(*), count(DISTINCT p.partition) FROM unnest('{x,y}'::text[]) n,
	mosaic.create_parent(('a234567890123456789012345678901234567890123456789012345678' || n)::regclass, '1 hour', time_zone => 'UTC', default_partition => true, reference_time => :today) p;
SELECT max(length(c.relname)) FROM pg_class c WHERE c.relnamespace = 'partition_scenarios'::regnamespace;
SELECT relname FROM pg_class WHERE relname ~ '^a2345.*(_120000|_default)$' ORDER BY 1;

-- 12. Centuries, no default, a key that may be NULL.
CREATE TABLE twelve (at timestamptz) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('twelve', '100 years', start_at => '1601-01-01', time_zone => 'UTC', reference_time => :today);
SELECT string_agg(left(lower_bound, 4), ' ') FROM mosaic.partition_bounds('twelve');
INSERT INTO twelve VALUES (NULL);
INSERT INTO twelve SELECT make_timestamptz(y, 6, 1, 0, 0, 0, 'UTC') FROM generate_series(1650, 2450, 100) y;
INSERT INTO twelve VALUES ('2550-01-01 00:00+00');
UPDATE mosaic.partition_set SET retention = '300 years' WHERE parent = 'twelve'::regclass;
SELECT maintain('twelve');
SELECT (SELECT count(*) FROM twelve);
UPDATE mosaic.partition_set SET retention = '200 years', retention_action = 'move', retention_schema = 'partition_scenarios_attic' WHERE parent = 'twelve'::regclass;
SELECT maintain('twelve');
SELECT (SELECT count(*) FROM twelve), (SELECT count(*) FROM partition_scenarios_attic.twelve_p17010101);

-- 13. A generated column.
CREATE TABLE thirteen (n integer NOT NULL, hundredfold integer GENERATED ALWAYS AS (n * 100) STORED, at date NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('thirteen', '1 day', time_zone => 'UTC', default_partition => true, reference_time => :today);
INSERT INTO thirteen (n, at) SELECT n, date '2024-06-19' FROM generate_series(108, 119) n;
INSERT INTO thirteen (n, at) SELECT n, date '2024-06-26' FROM generate_series(120, 125) n;
SELECT maintain('thirteen', '2024-06-20 12:00+00');
SELECT (SELECT min(hundredfold) FROM thirteen_default), (SELECT max(hundredfold) FROM thirteen_default);

-- 14. Levels, three of them: settings are one row a level, so each new sibling has them all.
CREATE TABLE fourteen (id bigint NOT NULL, at date NOT NULL, kind integer NOT NULL) PARTITION BY RANGE (id);
SELECT count(*) FROM mosaic.create_parent('fourteen', '10', premake => 1);
SELECT count(*) FROM mosaic.create_sub_parent('fourteen', 'RANGE (at)', '1 day', premake => 1, retention => '2 days', time_zone => 'UTC', reference_time => :today);
SELECT count(*) FROM mosaic.create_sub_parent('fourteen', 'HASH (kind)', modulus => 2, reference_time => :today);
UPDATE mosaic.partition_level SET retention_action = 'detach' WHERE parent = 'fourteen'::regclass AND level = 2;
INSERT INTO fourteen SELECT 11, '2024-06-15', n FROM generate_series(1, 9) n;
SELECT maintain('fourteen');
SELECT numbers('fourteen');
SELECT count(*) FROM mosaic.partitions('fourteen') p JOIN pg_class c ON c.oid = p.partition WHERE c.relkind = 'r';
SELECT maintain('fourteen', '2024-06-18 12:00+00');
SELECT action, count(*) FROM mosaic.partition_log WHERE parent = 'fourteen'::regclass AND action IN ('drop', 'detach') GROUP BY 1;

-- 15. Load from another table, statement by statement; rows beyond the coverage wait in the default.
CREATE TABLE source AS SELECT d AS at FROM generate_series(date '2024-06-06', date '2024-06-15', interval '1 day') d;
CREATE TABLE fifteen (at date NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('fifteen', '1 day', start_at => '2024-06-06', time_zone => 'UTC', default_partition => true, reference_time => :today);
WITH moved AS (DELETE FROM source RETURNING at) INSERT INTO fifteen SELECT at FROM moved;
INSERT INTO fifteen SELECT date '2024-06-15' + n FROM generate_series(1, 5) n;
SELECT (SELECT count(*) FROM source), (SELECT count(*) FROM fifteen), (SELECT count(*) FROM fifteen_default), (SELECT count(DISTINCT tableoid) FROM fifteen);

SELECT count(mosaic.drop_parent(parent)) FROM mosaic.partition_set s JOIN pg_class c ON c.oid = s.parent WHERE c.relnamespace = 'partition_scenarios'::regnamespace;
DELETE FROM mosaic.partition_failure WHERE parent::text ~ 'nine';
DROP SCHEMA partition_scenarios, partition_scenarios_attic CASCADE;
DROP ROLE partition_scenarios_owner;
