-- partition_for() answers as the server routes.
CREATE SCHEMA partition_for;
SET search_path = partition_for;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';

-- Against where ten thousand rows really went, for many types.
CREATE FUNCTION disagreements(key_type text, partitions text[], sample text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n integer := 0;
	clause text;
	found bigint;
BEGIN
	EXECUTE format('CREATE TABLE t (k %s) PARTITION BY RANGE (k)', key_type);
	FOREACH clause IN ARRAY partitions LOOP
		n := n + 1;
		EXECUTE format('CREATE TABLE t%s PARTITION OF t %s', n, clause);
	END LOOP;
	EXECUTE format('INSERT INTO t SELECT %s FROM generate_series(1, 10000) i', sample);
	SELECT count(*) INTO found FROM t WHERE mosaic.partition_for('t', k) IS DISTINCT FROM tableoid::regclass;
	IF (SELECT count(DISTINCT tableoid) FROM t) <> n THEN
		RAISE EXCEPTION 'a partition of % got no row', key_type;
	END IF;
	DROP TABLE t;
	RETURN found;
END $$;
SELECT disagreements('date', ARRAY['FOR VALUES FROM (''2024-01-01'') TO (''2024-01-05'')', 'FOR VALUES FROM (''2024-01-05'') TO (''2024-01-10'')', 'DEFAULT'], $$date '2024-01-01' + i % 20$$);
SELECT disagreements('timestamptz', ARRAY['FOR VALUES FROM (MINVALUE) TO (''2024-01-05 00:00+00'')', 'FOR VALUES FROM (''2024-01-05 00:00+00'') TO (''2024-01-06 00:00+00'')', 'FOR VALUES FROM (''2024-01-06 00:00+00'') TO (MAXVALUE)'], $$timestamptz '2024-01-04 00:00+00' + i * interval '30 seconds'$$);
SELECT disagreements('timestamp(0)', ARRAY['FOR VALUES FROM (''2024-01-05'') TO (''2024-01-05 00:20'')', 'DEFAULT'], $$timestamp '2024-01-05 00:00' + i * interval '0.5 seconds'$$);
SELECT disagreements('smallint', ARRAY['FOR VALUES FROM (-5000) TO (-1)', 'FOR VALUES FROM (-1) TO (1)', 'FOR VALUES FROM (1) TO (30000)'], 'i - 5000');
SELECT disagreements('bigint', ARRAY['FOR VALUES FROM (0) TO (5000)', 'FOR VALUES FROM (7000) TO (8000)', 'DEFAULT'], 'i');
SELECT disagreements('numeric(8,1)', ARRAY['FOR VALUES FROM (0) TO (50)', 'FOR VALUES FROM (50) TO (50.1)', 'DEFAULT'], 'i / 100.0');
SELECT disagreements('uuid', ARRAY['FOR VALUES FROM (MINVALUE) TO (''80000000-0000-0000-0000-000000000000'')', 'FOR VALUES FROM (''80000000-0000-0000-0000-000000000000'') TO (MAXVALUE)'], 'md5(i::text)::uuid');
SELECT disagreements('text COLLATE "C"', ARRAY['FOR VALUES FROM (''0'') TO (''5'')', 'FOR VALUES FROM (''5'') TO (''a'')', 'DEFAULT'], 'md5(i::text)');
SELECT disagreements('double precision', ARRAY['FOR VALUES FROM (''-Infinity'') TO (5)', 'FOR VALUES FROM (5) TO (''Infinity'')'], 'i / 100.0');

-- A managed set, literals coerced as an INSERT would.
CREATE TABLE t (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('t', '1 day', premake => 1, time_zone => 'UTC', reference_time => '2024-01-01 12:00+00');
SELECT mosaic.partition_for('t', '2024-01-01 23:59:59.999999+00'), mosaic.partition_for('t', '2024-01-02 00:00+00'),
	mosaic.partition_for('t', date '2024-01-01'), mosaic.partition_for('t', timestamp '2024-01-02 10:00');
-- No partition, NULL, infinity: none.
SELECT mosaic.partition_for('t', '2024-01-03 00:00+00'), mosaic.partition_for('t', NULL), mosaic.partition_for('t', NULL::timestamptz), mosaic.partition_for('t', 'infinity'), mosaic.partition_for(NULL, '2024-01-01 00:00+00');
-- The default takes what is left.
CREATE TABLE rest PARTITION OF t DEFAULT;
SELECT mosaic.partition_for('t', '2024-01-03 00:00+00'), mosaic.partition_for('t', NULL), mosaic.partition_for('t', 'infinity');
SELECT mosaic.partition_for('t', 'yesterday of yore');
SELECT mosaic.partition_for('t', 5);
SELECT mosaic.partition_for('t', true);
SELECT mosaic.partition_for('t', '2024-01-01 00:00+00', 5);
SELECT mosaic.partition_for('rest', '2024-01-01 00:00+00');
SELECT mosaic.partition_for('pg_class', 1);
SELECT mosaic.partition_for('t', VARIADIC ARRAY['2024-01-01 00:00+00']);
-- In a plan that is kept, over partitions that come and go.
PREPARE find AS SELECT mosaic.partition_for('t', $1::timestamptz);
EXECUTE find('2024-01-03 00:00+00');
SELECT partition FROM mosaic.run_maintenance('t', '2024-01-02 12:00+00');
EXECUTE find('2024-01-03 00:00+00');
ALTER TABLE t DETACH PARTITION t_p20240103;
EXECUTE find('2024-01-03 00:00+00');
SELECT mosaic.drop_parent('t');
DROP TABLE t, t_p20240103;

-- A number that is too great is refused, as an INSERT would.
CREATE TABLE t (k integer) PARTITION BY RANGE (k);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
SELECT mosaic.partition_for('t', 5::smallint), mosaic.partition_for('t', 5::bigint), mosaic.partition_for('t', 9.6), mosaic.partition_for('t', '7');
SELECT mosaic.partition_for('t', 5000000000);
-- A table without partitions has none to name.
DROP TABLE t1;
SELECT mosaic.partition_for('t', 5);
DROP TABLE t;

-- Several columns, several levels.
CREATE TABLE t (a integer, at date, k text) PARTITION BY RANGE (a, at);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1, '2024-01-01') TO (1, '2024-02-01');
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (1, '2024-02-01') TO (2, MINVALUE) PARTITION BY LIST (k);
CREATE TABLE t2x PARTITION OF t2 FOR VALUES IN ('x', NULL);
SELECT mosaic.partition_for('t', 1, '2024-01-31'), mosaic.partition_for('t', 1, '2024-02-01', 'x'), mosaic.partition_for('t', 1, '2024-02-01', NULL),
	mosaic.partition_for('t', 1, '2024-02-01', 'y'), mosaic.partition_for('t', 1, '2024-01-31', 'x'), mosaic.partition_for('t', 1, NULL);
SELECT mosaic.partition_for('t', 1);
SELECT mosaic.partition_for('t', 1, '2024-02-01');
DROP TABLE t;
-- Expressions: the value of the expression.
CREATE TABLE t (at timestamptz) PARTITION BY RANGE (((at AT TIME ZONE 'UTC')::date));
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-01-02');
SELECT mosaic.partition_for('t', date '2024-01-01');

RESET DateStyle;
RESET TimeZone;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_for CASCADE;
