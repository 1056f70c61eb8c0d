-- partition_for() against the truth: where the server put ten thousand rows,
-- for every strategy, key type and depth.
CREATE SCHEMA partition_for_truth;
SET search_path = partition_for_truth;
SET TimeZone = 'America/New_York';
CREATE TYPE colour AS ENUM ('red', 'green', 'blue');
CREATE TYPE pair AS (a integer, b text);
CREATE DOMAIN country AS text CHECK (value ~ '^[A-Z]{2}$');
CREATE FUNCTION uuid7(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS
	$$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7abc8' || substr(md5(at::text), 1, 15))::uuid $$;

-- Rows are given keys by number; columns are k1, k2, … and so are the key
-- arguments.  Wrong rows must be 0; the partitions are those with rows.
CREATE FUNCTION truth(columns text, by text, options text, keys text, sub_levels text[] DEFAULT '{}')
RETURNS TABLE (rows bigint, partitions bigint, wrong bigint) LANGUAGE plpgsql AS $$
DECLARE sub text; arguments text;
BEGIN
	EXECUTE format('CREATE TABLE probe (%s) PARTITION BY %s', columns, by);
	EXECUTE format('SELECT mosaic.create_parent(''probe'', %s)', options);
	FOREACH sub IN ARRAY sub_levels LOOP
		EXECUTE format('SELECT mosaic.create_sub_parent(''probe'', %s)', sub);
	END LOOP;
	EXECUTE format('INSERT INTO probe SELECT %s FROM generate_series(0, 9999) n', keys);
	SELECT string_agg(attname, ', ' ORDER BY attnum) INTO arguments FROM pg_attribute WHERE attrelid = 'probe'::regclass AND attnum > 0;
	RETURN QUERY EXECUTE format(
		'SELECT count(*), count(DISTINCT tableoid), count(*) FILTER (WHERE mosaic.partition_for(''probe'', %s) IS DISTINCT FROM tableoid::regclass) FROM probe', arguments);
	PERFORM mosaic.drop_parent('probe');
	DROP TABLE probe;
END $$;

-- RANGE.
SELECT c.n, c.columns, t.*
FROM (VALUES
	(1, 'k1 timestamptz', '''1 day'', premake => 99, reference_time => ''2024-02-01''', 'timestamptz ''2024-02-01'' + n * interval ''14 minutes'''),
	(2, 'k1 timestamp', '''1 week'', premake => 20, reference_time => ''2024-02-01''', 'timestamp ''2024-02-01'' + n * interval ''19 minutes'''),
	(3, 'k1 date', '''1 month'', premake => 30, reference_time => ''2024-02-01''', 'date ''2024-02-01'' + n % 800'),
	(4, 'k1 smallint', '''1000'', premake => 20', '(n % 20000)::smallint'),
	(5, 'k1 integer', '''1000'', premake => 10', 'n'),
	(6, 'k1 bigint', '''1000000000000'', premake => 10', 'n::bigint * 1000000000'),
	(7, 'k1 numeric', '''0.25'', premake => 99', '(n % 100) / 4.0'),
	(8, 'k1 uuid', '''1 day'', premake => 99, key_format => ''uuidv7'', reference_time => ''2024-02-01''', 'uuid7(timestamptz ''2024-02-01'' + n * interval ''14 minutes'')'),
	(9, 'k1 bigint', '''1 day'', premake => 99, key_format => ''epoch_ms'', reference_time => ''2024-02-01''', '(extract(epoch FROM timestamptz ''2024-02-01'' + n * interval ''14 minutes'') * 1000)::bigint')
) c (n, columns, options, keys), truth(c.columns, 'RANGE (k1)', c.options, c.keys) t ORDER BY 1;

-- LIST, with and without a default partition.
SELECT c.n, c.columns, t.*
FROM (VALUES
	(1, 'k1 text', '{"a": ["k0", "k1"], "b": ["k2", "k3", "k4"], "none": [null]}', '''k'' || n % 7', true),
	(2, 'k1 varchar(9)', '{"a": ["k0", "k1"], "b": ["k2", "k3", "k4"]}', '''k'' || n % 5', false),
	(3, 'k1 country', '{"a": ["US", "CA"], "b": ["DE"]}', '(ARRAY[''US'', ''CA'', ''DE''])[n % 3 + 1]', false),
	(4, 'k1 colour', '{"warm": ["red"], "cold": ["green", "blue"], "none": [null]}', '(ARRAY[''red'', ''green'', ''blue'', NULL]::colour[])[n % 4 + 1]', false),
	(5, 'k1 integer', '{"a": [0, 1, 2], "b": [3, -1], "none": [null]}', 'CASE n % 5 WHEN 4 THEN NULL ELSE n % 5 END', false),
	(6, 'k1 bigint', '{"a": [0, 9000000000000000000], "b": [1]}', '(ARRAY[0, 9000000000000000000, 1])[n % 3 + 1]', false),
	(7, 'k1 uuid', '{"a": ["00000000-0000-0000-0000-000000000000"]}', '(lpad(to_hex(n % 2), 32, ''0''))::uuid', true),
	(8, 'k1 boolean', '{"t": [true], "f": [false], "none": [null]}', 'CASE n % 3 WHEN 0 THEN NULL ELSE n % 3 = 1 END', false),
	(9, 'k1 date', '{"a": ["2024-01-01"], "b": ["2024-01-02"]}', 'date ''2024-01-01'' + n % 2', false)
) c (n, columns, lists, keys, with_default), truth(c.columns, 'LIST (k1)', format('lists => %L, default_partition => %L', c.lists, c.with_default), c.keys) t ORDER BY 1;

-- HASH.  An enum's hash is that of its labels' OIDs, which no two runs share.
SELECT c.n, c.columns, t.rows, CASE c.columns WHEN 'k1 colour' THEN NULL ELSE t.partitions END AS partitions, t.wrong
FROM (VALUES
	(1, 'k1 integer', 'HASH (k1)', 'n'), (2, 'k1 bigint', 'HASH (k1)', 'n'), (3, 'k1 text', 'HASH (k1)', 'md5(n::text)'), (4, 'k1 varchar(3)', 'HASH (k1)', '(n % 1000)::text'),
	(5, 'k1 uuid', 'HASH (k1)', 'md5(n::text)::uuid'), (6, 'k1 timestamptz', 'HASH (k1)', 'timestamptz ''2024-01-01'' + n * interval ''1 second'''), (7, 'k1 numeric', 'HASH (k1)', 'n / 7.0'),
	(8, 'k1 colour', 'HASH (k1)', '(ARRAY[''red'', ''green'', ''blue'', NULL]::colour[])[n % 4 + 1]'), (9, 'k1 pair', 'HASH (k1)', 'ROW(n, md5(n::text))::pair'),
	(10, 'k1 integer[]', 'HASH (k1)', 'ARRAY[n, n + 1]'), (11, 'k1 integer, k2 text', 'HASH (k1, k2)', 'n, CASE n % 3 WHEN 0 THEN NULL ELSE md5(n::text) END')
) c (n, columns, by, keys), truth(c.columns, c.by, 'modulus => 16', c.keys) t ORDER BY c.n;
-- Mixed moduli.
CREATE TABLE mixed (k bigint) PARTITION BY HASH (k);
CREATE TABLE mixed_a PARTITION OF mixed FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE mixed_b PARTITION OF mixed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
SELECT count(*) FROM mosaic.create_parent('mixed', modulus => 4);
INSERT INTO mixed SELECT generate_series(1, 10000);
SELECT count(*), count(DISTINCT tableoid), count(*) FILTER (WHERE mosaic.partition_for('mixed', k) <> tableoid::regclass) FROM mixed;

-- Two and three levels, in every order.
SELECT c.n, c.by, c.sub_levels, t.*
FROM (VALUES
	(1, 'k1 timestamptz, k2 integer', 'RANGE (k1)', '''1 day'', premake => 9, reference_time => ''2024-02-01''', 'timestamptz ''2024-02-01'' + n * interval ''1 minute'', n',
		ARRAY['''HASH (k2)'', modulus => 4']),
	(2, 'k1 timestamptz, k2 text', 'RANGE (k1)', '''1 day'', premake => 9, reference_time => ''2024-02-01''', 'timestamptz ''2024-02-01'' + n * interval ''1 minute'', ''r'' || n % 4',
		ARRAY['''LIST (k2)'', lists => ''{"a": ["r0", "r1"], "b": ["r2"]}'', default_partition => true']),
	(3, 'k1 text, k2 date', 'LIST (k1)', 'lists => ''{"a": ["r0", "r1"], "none": [null]}''', 'CASE n % 3 WHEN 2 THEN NULL ELSE ''r'' || n % 3 END, date ''2024-02-01'' + n % 100',
		ARRAY['''RANGE (k2)'', ''7 days'', premake => 15, reference_time => ''2024-02-01''']),
	(4, 'k1 integer, k2 integer', 'HASH (k1)', 'modulus => 4', 'n, n % 100', ARRAY['''RANGE (k2)'', ''10'', premake => 10']),
	(5, 'k1 integer, k2 text, k3 integer', 'HASH (k1, k2)', 'modulus => 2', 'n, md5(n::text), n % 3', ARRAY['''LIST (k3)'', lists => ''{"a": [0], "b": [1, 2]}''']),
	(6, 'k1 date, k2 text, k3 bigint', 'RANGE (k1)', '''1 month'', premake => 3, reference_time => ''2024-02-01''', 'date ''2024-02-01'' + n % 90, ''r'' || n % 3, n',
		ARRAY['''LIST (k2)'', lists => ''{"a": ["r0", "r1"], "b": ["r2"]}''', '''HASH (k3)'', modulus => 4']),
	(7, 'k1 colour, k2 timestamptz, k3 uuid', 'LIST (k1)', 'lists => ''{"a": ["red"], "b": ["green", "blue"]}''',
		'(ARRAY[''red'', ''green'', ''blue'']::colour[])[n % 3 + 1], timestamptz ''2024-02-01'' + n * interval ''1 minute'', md5(n::text)::uuid',
		ARRAY['''RANGE (k2)'', ''1 day'', premake => 9, reference_time => ''2024-02-01''', '''HASH (k3)'', modulus => 3']),
	(8, 'k1 bigint, k2 boolean, k3 integer', 'HASH (k1)', 'modulus => 2', 'n, n % 2 = 0, n % 50',
		ARRAY['''LIST (k2)'', lists => ''{"t": [true], "f": [false]}''', '''RANGE (k3)'', ''10'', premake => 5'])
) c (n, columns, by, options, keys, sub_levels), truth(c.columns, c.by, c.options, c.keys, c.sub_levels) t ORDER BY 1;

-- What no partition takes is NULL at any depth, and literals are read as an
-- INSERT would.
CREATE TABLE deep (region text, at date, id integer) PARTITION BY LIST (region);
SELECT count(*) FROM mosaic.create_parent('deep', lists => '{"eu": ["DE"]}');
SELECT count(*) FROM mosaic.create_sub_parent('deep', 'RANGE (at)', '1 day', premake => 0, reference_time => '2024-01-01 12:00');
SELECT count(*) FROM mosaic.create_sub_parent('deep', 'HASH (id)', modulus => 1);
SELECT mosaic.partition_for('deep', 'DE', '2024-01-01', 1), mosaic.partition_for('deep', 'DE', '2024-01-01', NULL), mosaic.partition_for('deep', 'DE', '2024-01-02', 1),
	mosaic.partition_for('deep', 'DE', NULL, 1), mosaic.partition_for('deep', 'FR', '2024-01-01', 1), mosaic.partition_for('deep', NULL, NULL, NULL),
	mosaic.partition_for('deep_eu', '2024-01-01', 1), mosaic.partition_for('deep', 'DE', timestamp '2024-01-01 23:00', '1');
SELECT mosaic.partition_for('deep', 'DE');
SELECT mosaic.partition_for('deep', 'DE', '2024-01-01');
SELECT mosaic.partition_for('deep', 'DE', '2024-01-01', 1, 2);
SELECT mosaic.partition_for('deep', 'DE', 'today or so', 1);
SELECT mosaic.partition_for('deep', 'DE', true, 1);
SELECT mosaic.partition_for('deep_eu_p20240101_p0', 1);

SELECT count(mosaic.drop_parent(parent)) FROM mosaic.partition_set;
SET client_min_messages = warning;
DROP SCHEMA partition_for_truth CASCADE;
