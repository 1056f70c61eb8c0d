-- mosaic.hash_set_modulus(): finer remainders, rows and all.
CREATE SCHEMA partition_hash_modulus;
SET search_path = partition_hash_modulus;

-- Each row in the partition that the server would choose, and in no other.
CREATE TABLE regions (id integer PRIMARY KEY);
INSERT INTO regions SELECT generate_series(0, 9);
CREATE TABLE customers (
	dropped integer,
	id      bigint GENERATED ALWAYS AS IDENTITY,
	region  integer REFERENCES regions,
	name    text DEFAULT 'nobody' NOT NULL CHECK (name <> ''),
	upper   text GENERATED ALWAYS AS (upper(name)) STORED,
	PRIMARY KEY (id)
) PARTITION BY HASH (id);
ALTER TABLE customers DROP COLUMN dropped;
CREATE INDEX ON customers (name);
CREATE TABLE fired (what text);
CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO fired VALUES (TG_OP); RETURN NEW; END $$;
SELECT count(*) FROM mosaic.create_parent('customers', modulus => 3);
INSERT INTO customers (region, name) SELECT n % 10, 'c' || n FROM generate_series(1, 1000) n;
CREATE TRIGGER fire AFTER INSERT OR DELETE ON customers FOR EACH ROW EXECUTE FUNCTION fire();
ALTER TABLE customers_p1 SET (fillfactor = 50);
CREATE TABLE before AS SELECT * FROM customers;

CALL mosaic.hash_set_modulus('customers', 6);
SELECT partition, kind, lower_bound, upper_bound FROM mosaic.partitions('customers');
SELECT modulus FROM mosaic.partition_set WHERE parent = 'customers'::regclass;
SELECT count(*) FROM (TABLE customers EXCEPT ALL TABLE before) x;
SELECT count(*) FROM (TABLE before EXCEPT ALL TABLE customers) x;
SELECT count(*) FROM customers WHERE mosaic.partition_for('customers', id) IS DISTINCT FROM tableoid::regclass;
-- No trigger saw it, and indexes, keys, options and the identity are there.
SELECT count(*) FROM fired;
SELECT c.relname, c.reloptions, c.relispartition, (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid) AS indexes,
	(SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND contype = 'f' AND convalidated) AS foreign_keys
FROM pg_class c WHERE relnamespace = 'partition_hash_modulus'::regnamespace AND relname LIKE 'customers%' AND relkind = 'r' ORDER BY 1;
SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'customers'::regclass;
INSERT INTO customers (region) VALUES (1) RETURNING id, upper;
SELECT * FROM fired;
-- The log tells, and nothing is left to do.
SELECT action, partition, lower_bound, upper_bound, outcome, detail FROM mosaic.partition_log WHERE parent = 'customers'::regclass AND action = 'split' ORDER BY id;
SELECT * FROM mosaic.plan('customers');
SELECT code FROM mosaic.partition_issues() WHERE set = 'customers'::regclass;
CALL mosaic.hash_set_modulus('customers', 6);
SELECT count(*) FROM mosaic.partition_log WHERE parent = 'customers'::regclass AND action = 'split';

-- Moduli side by side are a whole set, which says how to go on; an empty
-- partition is divided like any other.
CREATE TABLE mixed (id bigint) PARTITION BY HASH (id);
CREATE TABLE mixed_a PARTITION OF mixed FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE mixed_b PARTITION OF mixed FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE mixed_c PARTITION OF mixed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
SELECT count(*) FROM mosaic.create_parent('mixed', modulus => 4);
INSERT INTO mixed SELECT n FROM generate_series(1, 100) n WHERE satisfies_hash_partition('mixed'::regclass, 2, 1, n::bigint);
SELECT severity, code, detail, hint FROM mosaic.partition_issues() WHERE set = 'mixed'::regclass AND code <> 'missed_rows';
SELECT * FROM mosaic.plan('mixed');
SELECT count(*) FROM mixed WHERE mosaic.partition_for('mixed', id) IS DISTINCT FROM tableoid::regclass;
CALL mosaic.hash_set_modulus('mixed', 4);
SELECT partition, lower_bound, upper_bound FROM mosaic.partitions('mixed');
SELECT count(*) > 0, count(*) FILTER (WHERE mosaic.partition_for('mixed', id) IS DISTINCT FROM tableoid::regclass) FROM mixed;
SELECT code FROM mosaic.partition_issues() WHERE set = 'mixed'::regclass AND code <> 'missed_rows';

-- Below RANGE: every table of the level, and those to come.
CREATE TABLE visits (at timestamptz NOT NULL, tenant text) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('visits', '1 day', premake => 1, time_zone => 'UTC', reference_time => '2024-01-01 12:00+00');
SELECT count(*) FROM mosaic.create_sub_parent('visits', 'HASH (lower(tenant))', modulus => 1, reference_time => '2024-01-01 12:00+00');
INSERT INTO visits SELECT '2024-01-01 12:00+00', 'T' || n FROM generate_series(1, 100) n;
CALL mosaic.hash_set_modulus('visits', 3);
SELECT partition, kind, lower_bound FROM mosaic.partitions('visits') WHERE kind = 'hash';
SELECT count(*), count(*) FILTER (WHERE mosaic.partition_for('visits', at, lower(tenant)) IS DISTINCT FROM tableoid::regclass) FROM visits;
SELECT modulus FROM mosaic.partition_level WHERE parent = 'visits'::regclass;
SELECT count(*) FROM mosaic.run_maintenance('visits', '2024-01-02 12:00+00');
SELECT count(*) FROM mosaic.partitions('visits') WHERE upper_bound = 'modulus 3';

-- What is refused.
CALL mosaic.hash_set_modulus('customers', 9);
CALL mosaic.hash_set_modulus('customers', 3);
CALL mosaic.hash_set_modulus('customers', 0);
\set VERBOSITY sqlstate
CALL mosaic.hash_set_modulus('customers', 600000);
\set VERBOSITY default
CALL mosaic.hash_set_modulus('customers', NULL);
CALL mosaic.hash_set_modulus('before', 4);
CREATE TABLE days (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('days', '1 day');
CALL mosaic.hash_set_modulus('days', 4);
BEGIN;
CALL mosaic.hash_set_modulus('customers', 12);
ROLLBACK;
SET default_transaction_isolation = 'repeatable read';
CALL mosaic.hash_set_modulus('customers', 12);
RESET default_transaction_isolation;
CREATE TABLE orders (customer bigint REFERENCES customers);
CALL mosaic.hash_set_modulus('customers', 12);
SELECT modulus FROM mosaic.partition_set WHERE parent = 'customers'::regclass;
DROP TABLE orders;
-- Somebody else's.
CREATE ROLE partition_hash_stranger;
GRANT USAGE ON SCHEMA partition_hash_modulus TO partition_hash_stranger;
SET ROLE partition_hash_stranger;
CALL mosaic.hash_set_modulus('partition_hash_modulus.customers', 12);
RESET ROLE;
-- A view of one partition keeps the server from dropping it: nothing changes.
CREATE VIEW one AS SELECT id FROM customers_p0;
CALL mosaic.hash_set_modulus('customers', 12);
SELECT partition, upper_bound FROM mosaic.partitions('customers');
DROP VIEW one;
CALL mosaic.hash_set_modulus('customers', 12);
SELECT count(*), min(upper_bound) FROM mosaic.partitions('customers');
SELECT count(*), count(*) FILTER (WHERE mosaic.partition_for('customers', id) IS DISTINCT FROM tableoid::regclass) FROM customers;

-- Policies that the owner is held to do not hide rows from the move.
CREATE TABLE private (id bigint) PARTITION BY HASH (id);
SELECT count(*) FROM mosaic.create_parent('private', modulus => 1);
INSERT INTO private SELECT generate_series(1, 100);
CREATE ROLE partition_hash_owner;
GRANT USAGE, CREATE ON SCHEMA partition_hash_modulus TO partition_hash_owner;
ALTER TABLE private OWNER TO partition_hash_owner;
ALTER TABLE private_p0 OWNER TO partition_hash_owner;
ALTER TABLE private_p0 ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CALL mosaic.hash_set_modulus('private', 2);
SELECT count(*) FROM private;
ALTER TABLE private_p0 NO FORCE ROW LEVEL SECURITY;
CALL mosaic.hash_set_modulus('private', 2);
SELECT count(*), count(DISTINCT tableoid) FROM private;
SELECT DISTINCT relowner::regrole FROM pg_class WHERE oid IN (SELECT partition FROM mosaic.partitions('private'));

SELECT count(mosaic.drop_parent(parent)) FROM mosaic.partition_set WHERE parent IN (SELECT oid FROM pg_class WHERE relnamespace = 'partition_hash_modulus'::regnamespace);
SET client_min_messages = warning;
DROP SCHEMA partition_hash_modulus CASCADE;
DROP ROLE partition_hash_stranger, partition_hash_owner;
