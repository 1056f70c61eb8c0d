-- HASH sets: any key the server hashes, moduli side by side, repair.
CREATE SCHEMA partition_hash;
SET search_path = partition_hash;

-- As many partitions as the modulus; all rows have one, NULL included.
CREATE TABLE customers (id bigint, name text) PARTITION BY HASH (id);
SELECT * FROM mosaic.create_parent('customers', modulus => 4);
INSERT INTO customers SELECT n, 'n' FROM generate_series(1, 1000) n;
INSERT INTO customers VALUES (NULL, 'nobody');
SELECT count(DISTINCT tableoid), count(*) FROM customers;
SELECT partition, kind, lower_bound, upper_bound FROM mosaic.partitions('customers');
SELECT strategy, modulus, name_pattern FROM mosaic.partition_set WHERE parent = 'customers'::regclass;
SELECT * FROM mosaic.plan('customers');
SELECT * FROM mosaic.run_maintenance('customers');
SELECT code FROM mosaic.partition_issues() WHERE code <> 'missed_rows' AND set = 'customers'::regclass;

-- Any type that the server hashes, several columns, expressions.
CREATE TYPE pair AS (a integer, b text);
CREATE FUNCTION made(key text, columns text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	EXECUTE format('CREATE TABLE probe (%s) PARTITION BY HASH (%s)', columns, key);
	SELECT string_agg(partition::text || ' ' || lower_bound || ' ' || upper_bound, ', ' ORDER BY lower_bound) INTO result
		FROM mosaic.create_parent('probe', modulus => 2);
	PERFORM mosaic.drop_parent('probe');
	DROP TABLE probe;
	RETURN result;
END $$;
SELECT columns, made(key, columns)
FROM (VALUES ('k', 'k text'), ('k', 'k varchar(3)'), ('k', 'k uuid'), ('k', 'k timestamptz'), ('k', 'k numeric'), ('k', 'k inet'), ('k', 'k boolean'),
	('k', 'k integer[]'), ('k', 'k pair'), ('k', 'k jsonb'), ('k', 'k double precision'), ('a, b', 'a integer, b text'), ('lower(k)', 'k text')) v (key, columns);

-- Scenario 66: a partition that was dropped comes back.
DROP TABLE customers_p2;
INSERT INTO customers SELECT n FROM generate_series(1, 1000) n;
SELECT severity, code, detail, hint FROM mosaic.partition_issues() WHERE code <> 'missed_rows' AND set = 'customers'::regclass;
SELECT step, action, partition, lower_bound, upper_bound, reason, command FROM mosaic.plan('customers');
SELECT action, partition, lower_bound, upper_bound, outcome FROM mosaic.run_maintenance('customers');
INSERT INTO customers SELECT n FROM generate_series(1, 1000) n;
SELECT code FROM mosaic.partition_issues() WHERE code <> 'missed_rows' AND set = 'customers'::regclass;
-- Its name may be taken meanwhile.
ALTER TABLE customers DETACH PARTITION customers_p3;
SELECT partition FROM mosaic.run_maintenance('customers');

-- Scenario 30: growth from 4 to 8 in single steps.  After each of them the
-- set is as it should be, whatever stands side by side, and no row is lost.
CREATE FUNCTION split(remainder integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE old regclass := (SELECT partition FROM mosaic.partitions('grown') WHERE lower_bound = 'remainder ' || remainder AND upper_bound = 'modulus 4');
BEGIN
	EXECUTE format('ALTER TABLE grown DETACH PARTITION %s', old);
	EXECUTE format('ALTER TABLE %s RENAME TO old_partition', old);
	PERFORM mosaic.run_maintenance('grown');
	INSERT INTO grown SELECT * FROM old_partition;
	DROP TABLE old_partition;
	RETURN (SELECT count(*) FROM grown);
END $$;
CREATE TABLE grown (id bigint) PARTITION BY HASH (id);
SELECT count(*) FROM mosaic.create_parent('grown', modulus => 4);
INSERT INTO grown SELECT generate_series(1, 4000);
-- Smaller or larger in the table than in the settings is adopted as it is.
SELECT mosaic.drop_parent('grown');
SELECT * FROM mosaic.create_parent('grown', modulus => 8);
SELECT split(1);
SELECT partition, lower_bound, upper_bound FROM mosaic.partitions('grown');
SELECT * FROM mosaic.plan('grown');
SELECT split(0), split(2), split(3);
SELECT partition, lower_bound, upper_bound FROM mosaic.partitions('grown');
SELECT count(*) FROM mosaic.partition_for('grown', 1::bigint) WHERE partition_for IS NOT NULL;
SELECT mosaic.drop_parent('grown');
SELECT * FROM mosaic.create_parent('grown', modulus => 6);
SELECT * FROM mosaic.create_parent('grown', modulus => 12);
SELECT * FROM mosaic.create_parent('grown', modulus => 2);
-- A hole among mixed moduli is filled with what fits.
CREATE TABLE mixed (id bigint) PARTITION BY HASH (id);
CREATE TABLE mixed_a PARTITION OF mixed FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE mixed_b PARTITION OF mixed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
SELECT * FROM mosaic.create_parent('mixed', modulus => 4);
SELECT partition, lower_bound, upper_bound FROM mosaic.partitions('mixed');
INSERT INTO mixed SELECT generate_series(1, 1000);

-- Scenario 67: what the parent got in the meantime.
ALTER TABLE mixed ADD COLUMN note text, ADD PRIMARY KEY (id);
DROP TABLE mixed_a;
SELECT partition FROM mosaic.run_maintenance('mixed');
\d mixed_p1

-- Bad input: one error, and nothing left behind.
CREATE TABLE bad (k integer) PARTITION BY HASH (k);
CREATE TABLE bad_3 PARTITION OF bad FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE PROCEDURE refused(call text) LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text; hint text;
BEGIN
	BEGIN
		EXECUTE 'SELECT * FROM mosaic.create_parent(''bad'', ' || call || ')';
		RAISE EXCEPTION 'accepted';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	END;
	RAISE NOTICE E'% %\n  DETAIL: %\n  HINT: %', state, message, detail, hint;
	IF EXISTS (SELECT FROM mosaic.partition_set WHERE parent = 'bad'::regclass) OR (SELECT count(*) FROM pg_inherits WHERE inhparent = 'bad'::regclass) <> 1 THEN
		RAISE EXCEPTION 'something was left behind';
	END IF;
END $$;
CALL refused('modulus => NULL');
CALL refused('modulus => 0');
CALL refused('modulus => -4');
CALL refused('modulus => 100001');
CALL refused('modulus => 2000000000');
CALL refused('modulus => 4');
CALL refused($$modulus => 3, partition_interval => '10'$$);
CALL refused($$modulus => 3, premake => 1$$);
CALL refused($$modulus => 3, retention => '10'$$);
CALL refused($$modulus => 3, start_at => '10'$$);
CALL refused($$modulus => 3, lists => '{"a": [1]}'$$);
CALL refused($$modulus => 3, auto_lists => true$$);
CALL refused($$modulus => 3, default_partition => true$$);
\set VERBOSITY sqlstate
SELECT * FROM mosaic.create_parent('bad', modulus => 99999);
\set VERBOSITY default
-- A modulus that the partitions had, and that they have no more.
SELECT count(*) FROM mosaic.create_parent('bad', modulus => 3);
DROP TABLE bad_3;
DROP TABLE bad_p1, bad_p2;
CREATE TABLE bad_5 PARTITION OF bad FOR VALUES WITH (MODULUS 5, REMAINDER 0);
SELECT severity, code, detail, hint FROM mosaic.partition_issues() WHERE code <> 'missed_rows' AND set = 'bad'::regclass;
SELECT action, outcome, detail FROM mosaic.run_maintenance('bad');
UPDATE mosaic.partition_set SET retain_partitions = 3 WHERE parent = 'bad'::regclass;

SELECT count(mosaic.drop_parent(parent)) FROM mosaic.partition_set;
SET client_min_messages = warning;
DROP SCHEMA partition_hash CASCADE;
