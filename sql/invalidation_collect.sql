-- What a transaction reports, by what it does.  The set is exact: every key
-- once, and no other.
\getenv abs_srcdir PG_ABS_SRCDIR
\set heard :abs_srcdir '/test/sql/heard.sql'
\set QUIET on
\i :heard
\set QUIET off

CREATE SCHEMA ic;
SET search_path = ic, public;
CREATE TABLE users (id bigint PRIMARY KEY, email text, name text, org_id int, seen timestamptz);
SELECT mosaic.watch('users', ARRAY['user:{id}', 'org:{org_id}:users']) > 0 AS watched;

-- Insert and update in one transaction: each key once.
BEGIN;
INSERT INTO users (id, org_id) VALUES (1, 5), (2, 5);
UPDATE users SET name = 'x';
COMMIT;
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- Rolled back: nothing.
BEGIN;
INSERT INTO users (id, org_id) VALUES (3, 5);
UPDATE users SET name = 'y';
ROLLBACK;
SELECT key FROM heard();

-- Savepoints: what was rolled back to is not reported, what came before is.
BEGIN;
INSERT INTO users (id) VALUES (10);
SAVEPOINT a;
INSERT INTO users (id) VALUES (11);
SAVEPOINT b;
INSERT INTO users (id) VALUES (12);
RELEASE b;
ROLLBACK TO a;
INSERT INTO users (id) VALUES (13);
COMMIT;
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- A key of before the savepoint, touched again after it, stays.
BEGIN;
UPDATE users SET name = 'z' WHERE id = 10;
SAVEPOINT a;
UPDATE users SET name = 'zz' WHERE id IN (10, 13);
ROLLBACK TO a;
COMMIT;
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- Exception blocks are savepoints.
DO $$
BEGIN
    FOR i IN 21..28 LOOP
        BEGIN
            INSERT INTO users (id) VALUES (i);
            IF i % 2 = 1 THEN RAISE EXCEPTION 'odd'; END IF;
        EXCEPTION WHEN raise_exception THEN NULL;
        END;
    END LOOP;
END $$;
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- A change of the key reports both; of a part of another key, all concerned.
UPDATE users SET id = 100 WHERE id = 1;
SELECT key FROM heard() ORDER BY key COLLATE "C";
UPDATE users SET org_id = 6 WHERE id = 2;
SELECT key FROM heard() ORDER BY key COLLATE "C";
-- A delete reports the old row; a NULL part makes no key.
DELETE FROM users WHERE id = 2;
SELECT key FROM heard() ORDER BY key COLLATE "C";
DELETE FROM users WHERE id = 10;
SELECT key FROM heard() ORDER BY key COLLATE "C";
-- Inserted and deleted at once.
BEGIN;
INSERT INTO users (id) VALUES (200);
DELETE FROM users WHERE id = 200;
COMMIT;
SELECT key FROM heard() WHERE key <> 'user:200';

-- TRUNCATE, alone, by CASCADE, and followed by inserts.
TRUNCATE users;
SELECT * FROM heard();
CREATE TABLE parents (id bigint PRIMARY KEY);
ALTER TABLE users ADD parent_id bigint REFERENCES parents ON DELETE CASCADE ON UPDATE SET NULL;
TRUNCATE parents CASCADE;
SELECT * FROM heard();
BEGIN;
TRUNCATE users;
INSERT INTO users (id, org_id) VALUES (1, 5), (2, 5);
COMMIT;
SELECT * FROM heard();
BEGIN;
SAVEPOINT a;
TRUNCATE users;
ROLLBACK TO a;
UPDATE users SET name = 'kept' WHERE id = 1;
COMMIT;
SELECT * FROM heard() ORDER BY key COLLATE "C";

-- ON CONFLICT: two rows there, one new; then only what is really inserted.
INSERT INTO users (id, org_id) VALUES (1, 5), (2, 5), (3, 5) ON CONFLICT (id) DO UPDATE SET name = 'again';
SELECT key FROM heard() ORDER BY key COLLATE "C";
INSERT INTO users (id, org_id) VALUES (1, 7), (4, 7) ON CONFLICT DO NOTHING;
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- MERGE: matched and updated, matched and deleted, not matched.
MERGE INTO users u USING (VALUES (1), (2), (5)) AS s(id) ON u.id = s.id
    WHEN MATCHED AND s.id = 1 THEN UPDATE SET name = 'merged'
    WHEN MATCHED THEN DELETE
    WHEN NOT MATCHED THEN INSERT (id, org_id) VALUES (s.id, 9);
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- Referential actions.
INSERT INTO parents VALUES (1), (2);
UPDATE users SET parent_id = 1 WHERE id = 3;
UPDATE users SET parent_id = 2 WHERE id = 4;
SELECT count(*) FROM heard();
DELETE FROM parents WHERE id = 1;
SELECT key FROM heard() ORDER BY key COLLATE "C";
UPDATE parents SET id = 3 WHERE id = 2;
SELECT key FROM heard() ORDER BY key COLLATE "C";
-- (with the reference itself in a key, its old value and the new one)
CREATE TABLE orgs (id int PRIMARY KEY);
INSERT INTO orgs VALUES (9);
CREATE TABLE members (id int PRIMARY KEY, org_id int REFERENCES orgs ON DELETE SET NULL ON UPDATE CASCADE);
INSERT INTO members VALUES (1, 9);
SELECT mosaic.watch('members', ARRAY['member:{id}', 'org:{org_id}:members']) > 0 AS watched;
UPDATE orgs SET id = 10;
SELECT key FROM heard() ORDER BY key COLLATE "C";
DELETE FROM orgs;
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- A deferred trigger that writes at COMMIT.
CREATE TABLE orders (id int PRIMARY KEY);
CREATE FUNCTION touch_user() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN UPDATE ic.users SET seen = now() WHERE id = 5; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER touch AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch_user();
BEGIN;
INSERT INTO orders VALUES (1);
SELECT * FROM mosaic.pending();
COMMIT;
SELECT key FROM heard() ORDER BY key COLLATE "C";
-- A cursor WITH HOLD, which runs to its end at COMMIT.
CREATE FUNCTION touch(bigint) RETURNS bigint LANGUAGE sql AS $$ UPDATE ic.users SET seen = now() WHERE id = $1 RETURNING id $$;
BEGIN;
DECLARE held CURSOR WITH HOLD FOR SELECT touch(id) FROM (VALUES (4::bigint)) v(id);
COMMIT;
CLOSE held;
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- A procedure that commits, and COMMIT AND CHAIN.
CREATE PROCEDURE three_times() LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 301..303 LOOP
        INSERT INTO ic.users (id) VALUES (i);
        COMMIT;
    END LOOP;
END $$;
CALL three_times();
-- (in this order)
SELECT key FROM heard();
BEGIN;
INSERT INTO users (id) VALUES (311);
COMMIT AND CHAIN;
INSERT INTO users (id) VALUES (312);
COMMIT AND CHAIN;
SELECT * FROM mosaic.pending();
ROLLBACK;
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- Read only from the middle of the transaction on.
BEGIN;
UPDATE users SET name = 'ro' WHERE id = 5;
SET TRANSACTION READ ONLY;
COMMIT;
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- Keys named by hand.
BEGIN;
SELECT mosaic.invalidate(ARRAY['page:1', 'page:2', 'page:1']);
SELECT mosaic.invalidate_table('users');
SELECT watch_id > 0 AS of_watch, channel, key, operation, is_all, reason FROM mosaic.pending() ORDER BY watch_id, key;
COMMIT;
SELECT rel, key, why FROM heard() ORDER BY key COLLATE "C";
\set VERBOSITY default
SELECT mosaic.invalidate(ARRAY[repeat('k', 2000)]);
SELECT mosaic.invalidate(ARRAY['a', NULL]);
SELECT mosaic.invalidate(ARRAY['a'], repeat('c', 63)::name);
SELECT mosaic.invalidate_table('users', 'boredom');
SELECT mosaic.invalidate_table('orders');
SELECT mosaic.invalidate('{}');
SELECT * FROM heard();

-- Off: nothing is collected.
SET mosaic.invalidation_enabled = off;
UPDATE users SET name = 'off';
RESET mosaic.invalidation_enabled;
SELECT * FROM heard();

-- CREATE TABLE AS, REFRESH and a parallel plan beside a write.
BEGIN;
UPDATE users SET name = 'par' WHERE id = 5;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL max_parallel_workers_per_gather = 1;
EXPLAIN (COSTS OFF) SELECT count(*) FROM users;
SELECT count(*) FROM users;
CREATE TABLE copied AS SELECT * FROM users;
CREATE MATERIALIZED VIEW refreshed AS SELECT * FROM users;
REFRESH MATERIALIZED VIEW refreshed;
COMMIT;
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- Ten tables in one transaction.
DO $$
BEGIN
    FOR i IN 1..10 LOOP
        EXECUTE format('CREATE TABLE many_%s (id int PRIMARY KEY)', i);
        PERFORM mosaic.watch(format('many_%s', i)::regclass);
    END LOOP;
    FOR i IN 1..10 LOOP
        EXECUTE format('INSERT INTO many_%s VALUES (%s)', i, i);
    END LOOP;
END $$;
SELECT rel, key FROM heard() ORDER BY key COLLATE "C";

-- Triggers of others that change the row, and fire on one watched table for
-- another.
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.org_id := 77; RETURN NEW; END $$;
CREATE TRIGGER shout BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION shout();
INSERT INTO users (id, org_id) VALUES (400, 1);
SELECT key FROM heard() ORDER BY key COLLATE "C";

DROP SCHEMA ic CASCADE;
DROP FUNCTION heard();
