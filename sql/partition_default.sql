-- Default partitions: whose way their rows are in, what ATTACH need not read,
-- and how they are drained.
CREATE SCHEMA partition_default;
SET search_path = partition_default;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
-- What is where, and nothing of ours left behind.
CREATE FUNCTION state(parent regclass) RETURNS TABLE (partition text, lower_bound text, upper_bound text, rows bigint) LANGUAGE plpgsql AS $$
BEGIN
	FOR partition, lower_bound, upper_bound IN SELECT p.partition, p.lower_bound, p.upper_bound FROM mosaic.partitions(parent) p LOOP
		EXECUTE format('SELECT count(*) FROM %s', partition) INTO rows;
		RETURN NEXT;
	END LOOP;
END $$;
CREATE VIEW residue AS
	SELECT conrelid::regclass::text AS object, conname::text FROM pg_constraint WHERE conname LIKE 'mosaic%'
	UNION ALL SELECT partition::text, 'growing' FROM mosaic.growing_partition;

-- Rows of a future day: that day's partition waits, the others are made.
CREATE TABLE events (at timestamptz NOT NULL, id integer, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX ON events (at);
SELECT partition FROM mosaic.create_parent('events', '1 day', premake => 1, default_partition => true, time_zone => 'UTC', reference_time => '2024-01-10 12:00+00');
INSERT INTO events SELECT '2024-01-12 06:00+00', n FROM generate_series(1, 20) n;
INSERT INTO events VALUES ('infinity', 1), ('2030-01-01 00:00+00', 2);
SELECT action, partition, reason FROM mosaic.plan('events', '2024-01-12 12:00+00');
SELECT severity, code, object, detail, hint FROM mosaic.partition_issues('2024-01-12 12:00+00');
-- With an index on the key the default is not read, under whatever lock.
INSERT INTO events SELECT '2031-01-01 00:00+00', n FROM generate_series(1, 5000) n;
ANALYZE events_default;
SELECT pg_stat_force_next_flush(); -- what was read before does not count
BEGIN;
SELECT partition, outcome, detail FROM mosaic.run_maintenance('events', '2024-01-12 12:00+00');
SELECT coalesce(sum(seq_scan), 0) AS seq_scan FROM pg_stat_xact_user_tables WHERE relid = 'events_default'::regclass;
COMMIT;
SELECT command FROM mosaic.partition_log WHERE partition = 'partition_default.events_p20240113';
SELECT * FROM state('events');
SELECT * FROM residue;
DROP TABLE events;
SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;

-- Without one a small default is read; a large one is read before, by a CHECK
-- that is validated while everybody works, and goes afterwards.
CREATE TABLE wide (k integer NOT NULL, t text) PARTITION BY RANGE (k);
ALTER TABLE wide ALTER t SET STORAGE PLAIN;
SELECT partition FROM mosaic.create_parent('wide', '10', premake => 1, default_partition => true);
INSERT INTO wide SELECT 1000000, repeat('x', 8000) FROM generate_series(1, 1100);
INSERT INTO wide VALUES (19);
-- A pass that was killed has left one, which does not even fit.
ALTER TABLE wide_default ADD CONSTRAINT mosaic_excluded CHECK (k > 5000) NOT VALID;
CALL mosaic.maintain('wide');
SELECT partition, lower_bound, upper_bound FROM state('wide');
SELECT * FROM residue;
-- Where nothing is due it goes as well.
ALTER TABLE wide_default ADD CONSTRAINT mosaic_excluded CHECK (k > 5000) NOT VALID;
CALL mosaic.maintain('wide');
SELECT * FROM residue;
DROP TABLE wide;
SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;

-- Draining: holes behind, what is due, no future, nothing that retention drops.
CREATE TABLE events (at timestamptz, id bigint GENERATED ALWAYS AS IDENTITY, gone text, note text, twice bigint GENERATED ALWAYS AS (length(note) * 2) STORED) PARTITION BY RANGE (at);
ALTER TABLE events DROP COLUMN gone;
CREATE INDEX ON events (at);
SELECT count(*) FROM mosaic.create_parent('events', '1 day', premake => 1, default_partition => true, time_zone => 'UTC', start_at => (current_date - 10)::text, retention => '8 days');
SELECT current_date AS today \gset
DO $$
DECLARE name text;
BEGIN
	FOR name IN SELECT partition FROM mosaic.partitions('partition_default.events') WHERE lower_bound::timestamptz IN (current_date - 5, current_date - 4, current_date) LOOP
		EXECUTE 'DROP TABLE ' || name;
	END LOOP;
END $$;
INSERT INTO events (at, note) SELECT current_date - d, 'day ' || d FROM generate_series(0, 100) d;
INSERT INTO events (at, note) VALUES (NULL, 'no time'), ('-infinity', 'ever'), ('infinity', 'never'), (current_date + 100, 'later');
CREATE TABLE before AS SELECT id, at, note, twice FROM events;
CALL mosaic.drain_default('events');
SELECT count(*), min(note), max(note) FROM events_default;
SELECT lower_bound::timestamptz::date - :'today'::date AS day, rows FROM state('events') WHERE lower_bound IS NOT NULL ORDER BY 1;
SELECT lower_bound::timestamptz::date - :'today'::date AS day, outcome, detail FROM mosaic.partition_log WHERE parent = 'events'::regclass AND action = 'drain' ORDER BY id;
(TABLE before EXCEPT SELECT id, at, note, twice FROM events) UNION ALL (SELECT id, at, note, twice FROM events EXCEPT TABLE before);
SELECT * FROM residue;
-- Again: nothing is to be done.
CALL mosaic.drain_default('events');
INSERT INTO events (at, note) VALUES (current_date, 'goes on') RETURNING id;
DROP TABLE events, before;
SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;

-- More rows than a batch: the partition grows.  Numbers, no primary key, and
-- a key of its own for the many rows that have it.
CREATE TABLE orders (k bigint NOT NULL, v text) PARTITION BY RANGE (k);
CREATE INDEX ON orders (k);
SELECT partition FROM mosaic.create_parent('orders', '1000', premake => 1, default_partition => true, start_at => '-2000');
DROP TABLE orders_pm2000, orders_pm1000;
INSERT INTO orders SELECT -n, 'row ' || n FROM generate_series(1, 2000) n;
INSERT INTO orders SELECT -1500, 'many' FROM generate_series(1, 250);
CREATE TABLE before AS SELECT * FROM orders;
CALL mosaic.drain_default('orders', 200);
SELECT * FROM state('orders');
SELECT partition, lower_bound, upper_bound, outcome, detail FROM mosaic.partition_log WHERE parent = 'orders'::regclass AND action = 'drain' ORDER BY id;
-- The rest of the first goes with a larger batch, and both are whole.
SELECT * FROM residue;
CALL mosaic.drain_default('orders', 300);
SELECT * FROM state('orders');
SELECT * FROM residue;
(TABLE before EXCEPT ALL TABLE orders) UNION ALL (TABLE orders EXCEPT ALL TABLE before);
-- Somebody dropped the partition that grew: the rest gets one of its own.
DROP TABLE orders_pm2000;
INSERT INTO orders SELECT -n, 'again' FROM generate_series(1001, 1300) n;
INSERT INTO orders SELECT -1200, 'many' FROM generate_series(1, 100);
CALL mosaic.drain_default('orders', 100);
DROP TABLE orders_pm2000;
CALL mosaic.drain_default('orders', 1000);
SELECT * FROM state('orders');
SELECT * FROM residue;
DROP TABLE orders, before;
SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;

-- Whatever hangs on the table: foreign keys both ways, triggers, rules and
-- policies do not hear of a row that moves; its constraints hold.
CREATE TABLE customers (id integer PRIMARY KEY);
INSERT INTO customers VALUES (1), (2);
CREATE TABLE orders (id integer PRIMARY KEY, customer integer REFERENCES customers DEFERRABLE INITIALLY DEFERRED, v text CHECK (v <> '')) PARTITION BY RANGE (id);
SELECT partition FROM mosaic.create_parent('orders', '100', premake => 4, default_partition => true);
DROP TABLE orders_p200, orders_p300;
INSERT INTO orders SELECT n, 1 + n % 2, 'v' || n FROM generate_series(1, 450) n;
CREATE TABLE items (order_id integer REFERENCES orders ON DELETE CASCADE);
INSERT INTO items SELECT generate_series(1, 450);
CREATE FUNCTION heard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'heard % on %', TG_OP, TG_RELNAME; END $$;
CREATE TRIGGER before_row BEFORE INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION heard();
CREATE TRIGGER after_row AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION heard();
CREATE TRIGGER statement AFTER DELETE ON orders_default FOR EACH STATEMENT EXECUTE FUNCTION heard();
ALTER TABLE orders_default ENABLE ALWAYS TRIGGER statement;
CREATE RULE never AS ON DELETE TO orders_default DO INSTEAD NOTHING;
CALL mosaic.drain_default('orders', 99);
CALL mosaic.drain_default('orders');
SELECT tgname FROM pg_trigger WHERE tgrelid = 'orders_p200'::regclass AND NOT tgisinternal ORDER BY 1;
SELECT * FROM state('orders');
SELECT count(*) FROM items;
\set VERBOSITY terse
-- Both keys are watched by the partitions that came.
DELETE FROM customers WHERE id = 1;
ALTER TABLE orders DISABLE TRIGGER before_row, DISABLE TRIGGER after_row;
INSERT INTO orders VALUES (250, 1, 'twice');
DELETE FROM orders WHERE id = 350;
SELECT count(*) FROM items;
\set VERBOSITY default
DROP TABLE items, orders;
SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;
-- Growing with an outgoing foreign key.
CREATE TABLE orders (id integer, customer integer REFERENCES customers DEFERRABLE INITIALLY DEFERRED) PARTITION BY RANGE (id);
SELECT partition FROM mosaic.create_parent('orders', '100', premake => 1, default_partition => true);
DROP TABLE orders_p100;
INSERT INTO orders SELECT n, 1 + n % 2 FROM generate_series(100, 199) n;
CREATE TRIGGER after_row AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION heard();
CALL mosaic.drain_default('orders', 40);
SELECT * FROM state('orders');
SELECT count(*), bool_and(convalidated) FROM pg_constraint WHERE conrelid = 'orders_p100'::regclass AND contype = 'f';
DROP TABLE orders;
SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;
-- Rows that break a constraint that was never validated stay, and are named.
CREATE TABLE rows (k integer, v integer) PARTITION BY RANGE (k);
SELECT partition FROM mosaic.create_parent('rows', '10', premake => 2, default_partition => true);
DROP TABLE rows_p10, rows_p20;
INSERT INTO rows VALUES (15, -1), (25, 1);
ALTER TABLE rows ADD CONSTRAINT positive CHECK (v > 0) NOT VALID;
CALL mosaic.drain_default('rows');
SELECT * FROM state('rows');
SELECT partition, outcome, sqlstate, detail FROM mosaic.partition_log WHERE parent = 'rows'::regclass AND action = 'drain' ORDER BY id;
DROP TABLE rows;
SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;
-- A policy that would hide rows from their owner is an error, not a loss; a
-- published table without a replica identity cannot lose rows.
CREATE ROLE partition_default_owner;
GRANT USAGE, CREATE ON SCHEMA partition_default TO partition_default_owner;
SET ROLE partition_default_owner;
CREATE TABLE partition_default.rows (k integer) PARTITION BY RANGE (k);
SELECT partition FROM mosaic.create_parent('rows', '10', premake => 1, default_partition => true);
DROP TABLE rows_p10;
INSERT INTO rows VALUES (15);
ALTER TABLE rows_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CALL mosaic.drain_default('rows');
ALTER TABLE rows_default DISABLE ROW LEVEL SECURITY;
RESET ROLE;
SET client_min_messages = error;
CREATE PUBLICATION partition_default FOR TABLE rows;
RESET client_min_messages;
SET ROLE partition_default_owner;
CALL mosaic.drain_default('rows');
ALTER TABLE rows REPLICA IDENTITY FULL;
ALTER TABLE rows_default REPLICA IDENTITY FULL;
CALL mosaic.drain_default('rows');
SELECT * FROM partition_default.rows;
RESET ROLE;
SELECT * FROM state('rows');
DROP PUBLICATION partition_default;
DROP TABLE rows;
SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;

-- Lists, expressions, levels, other keys.
CREATE TABLE visits (page text, id integer) PARTITION BY LIST (lower(page));
SELECT partition FROM mosaic.create_parent('visits', lists => '{"home": ["/"]}', default_partition => true);
INSERT INTO visits SELECT p, n FROM generate_series(1, 5) n, unnest(ARRAY['/A', '/b', '/c', NULL]) p;
SELECT * FROM mosaic.list_assign('visits', 'ab', '{/a,/b}');
SELECT * FROM mosaic.list_assign('visits', 'none', '{NULL}');
CALL mosaic.drain_default('visits', 5);
CALL mosaic.drain_default('visits', 10);
SELECT partition, rows FROM state('visits');
CREATE TABLE jobs (tenant integer, at date NOT NULL) PARTITION BY LIST (tenant);
SELECT partition FROM mosaic.create_parent('jobs', lists => '{"one": [1], "two": [2]}');
SELECT partition FROM mosaic.create_sub_parent('jobs', 'HASH (at)', modulus => 2);
DROP TABLE jobs_two;
-- The default has parts itself.
CREATE TABLE jobs_default PARTITION OF jobs DEFAULT PARTITION BY HASH (at);
CREATE TABLE rest PARTITION OF jobs_default FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO jobs SELECT t, date '2024-01-01' + n FROM generate_series(2, 3) t, generate_series(1, 30) n;
CALL mosaic.drain_default('jobs');
SELECT partition, rows FROM state('jobs');
CREATE TABLE ids (id uuid, n integer) PARTITION BY RANGE (id);
SELECT count(*) FROM mosaic.create_parent('ids', '1 day', premake => 0, key_format => 'uuidv7', default_partition => true, time_zone => 'UTC');
INSERT INTO ids SELECT ('018cc251-f400-7000-8000-' || lpad(n::text, 12, '0'))::uuid, n FROM generate_series(1, 10) n;
INSERT INTO ids VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff', 11), (NULL, 12);
CALL mosaic.drain_default('ids', 4);
SELECT count(*) FROM ids_default;
SELECT lower_bound, upper_bound, rows FROM state('ids') WHERE rows = 10;
CREATE TABLE ulids (id text COLLATE "C") PARTITION BY RANGE (id);
SELECT count(*) FROM mosaic.create_parent('ulids', '1 day', premake => 0, key_format => 'ulid', default_partition => true, time_zone => 'UTC');
INSERT INTO ulids SELECT '01HK153X00' || lpad(n::text, 16, '0') FROM generate_series(1, 10) n;
CALL mosaic.drain_default('ulids', 4);
SELECT rows FROM state('ulids') WHERE rows > 0;
DROP TABLE visits, jobs, ids, ulids;
SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;

-- Maintenance drains by itself where the set says so.
CREATE TABLE events (k integer NOT NULL) PARTITION BY RANGE (k);
SELECT partition FROM mosaic.create_parent('events', '10', premake => 1, default_partition => true);
INSERT INTO events VALUES (5), (25), (15), (35), (1000);
CALL mosaic.maintain('events');
SELECT * FROM state('events');
UPDATE mosaic.partition_set SET drain_default = true WHERE parent = 'events'::regclass;
CALL mosaic.maintain('events');
SELECT * FROM state('events');
CALL mosaic.maintain('events');
SELECT * FROM state('events');
-- What cannot be drained puts it off, and nothing else.
DROP TABLE events_default;
CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE events_far PARTITION OF events DEFAULT SERVER far;
ALTER FOREIGN TABLE events_far OPTIONS (ADD table_name 'nowhere');
CALL mosaic.drain_default('events');
DROP FOREIGN TABLE events_far;
DROP EXTENSION postgres_fdw CASCADE;

-- A large default without an index on the key.
CREATE TABLE wide (k integer NOT NULL, t text) PARTITION BY RANGE (k);
ALTER TABLE wide ALTER t SET STORAGE PLAIN;
SELECT partition FROM mosaic.create_parent('wide', '10', premake => 1, default_partition => true);
DROP TABLE wide_p10;
INSERT INTO wide SELECT 15, repeat('x', 8000) FROM generate_series(1, 4100);
CALL mosaic.drain_default('wide');
UPDATE mosaic.partition_set SET drain_default = true WHERE parent = 'wide'::regclass;
CALL mosaic.maintain('wide');
SELECT severity, code, detail LIKE 'Failed once%55000%' AS detail, hint FROM mosaic.failing_sets();
CREATE INDEX ON wide_default (k);
CALL mosaic.drain_default('wide');
SELECT * FROM state('wide');

-- Bad input.
CALL mosaic.drain_default(NULL);
CALL mosaic.drain_default('wide', NULL);
CALL mosaic.drain_default('wide', 0);
CALL mosaic.drain_default('events');
CALL mosaic.drain_default(0);
CALL mosaic.drain_default('wide_default');
CREATE TABLE unmanaged (k integer) PARTITION BY RANGE (k);
CALL mosaic.drain_default('unmanaged');
CREATE TABLE hashed (k integer) PARTITION BY HASH (k);
SELECT count(*) FROM mosaic.create_parent('hashed', modulus => 2);
CALL mosaic.drain_default('hashed');
BEGIN;
CALL mosaic.drain_default('wide');
ROLLBACK;
SET default_transaction_isolation = 'repeatable read';
CALL mosaic.drain_default('wide');
RESET default_transaction_isolation;
SET ROLE partition_default_owner;
CALL mosaic.drain_default('wide');
RESET ROLE;

SELECT mosaic.drop_parent(parent) FROM mosaic.partition_set;
SELECT count(*) FROM mosaic.partition_failure;
SELECT * FROM residue;
\set VERBOSITY terse
SET client_min_messages = error;
DROP SCHEMA partition_default CASCADE;
DROP ROLE partition_default_owner;
