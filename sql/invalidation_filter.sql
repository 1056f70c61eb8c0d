-- Which updates count: by value, not by the statement's SET list.
\getenv abs_srcdir PG_ABS_SRCDIR
\set heard :abs_srcdir '/test/sql/heard.sql'
\set QUIET on
\i :heard
\set QUIET off

CREATE SCHEMA fi;
SET search_path = fi, public;
CREATE TABLE users (id bigint PRIMARY KEY, name text, org_id int, seen timestamptz, doc json, place point, big text);
INSERT INTO users SELECT i, 'n' || i, 5 FROM generate_series(1, 6) i;

SELECT mosaic.watch('users', ARRAY['user:{id}'], columns => '{name,doc,place,big}') AS id \gset
SELECT * FROM heard();
SELECT count(*) AS outbox_rows FROM mosaic.outbox \gset
-- Unchanged values do not count, nor do other columns; no outbox row either.
UPDATE users SET name = name;
UPDATE users SET seen = now();
SELECT * FROM heard();
SELECT count(*) - :outbox_rows AS new_outbox_rows FROM mosaic.outbox;
UPDATE users SET name = 'new' WHERE id = 1;
SELECT key FROM heard();
UPDATE users SET name = NULL WHERE id = 1;
SELECT key FROM heard();
-- Types without an equality operator, and values out of line.
UPDATE users SET doc = '{}' WHERE id = 2;
UPDATE users SET place = '(1,2)' WHERE id = 3;
SELECT key FROM heard() ORDER BY key COLLATE "C";
UPDATE users SET doc = '{}' WHERE id = 2;
UPDATE users SET place = '(1,2)' WHERE id = 3;
SELECT key FROM heard();
UPDATE users SET big = (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 400) i) WHERE id = 4;
SELECT key FROM heard();
UPDATE users SET big = (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 400) i), seen = now() WHERE id = 4;
SELECT key FROM heard();
-- The key's own columns always count.
UPDATE users SET id = 60 WHERE id = 6;
SELECT key FROM heard() ORDER BY key COLLATE "C";
-- A BEFORE trigger changes what the statement does not.
CREATE FUNCTION rename() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'by trigger'; RETURN NEW; END $$;
CREATE TRIGGER rename BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION rename();
UPDATE users SET seen = now() WHERE id = 5;
SELECT key FROM heard();
DROP TRIGGER rename ON users;
SELECT mosaic.unwatch(:id);

-- A condition: leaving and entering it both count.
SELECT mosaic.watch('users', ARRAY['user:{id}'], "when" => '{row}.org_id = 5 -- the fifth') AS id \gset
SELECT tgname ~ '_insert$' AS i, tgname ~ '_update$' AS u, tgname ~ '_delete$' AS d, tgname ~ '_truncate$' AS t
  FROM pg_trigger WHERE tgrelid = 'users'::regclass AND tgname LIKE 'zz_mosaic%' ORDER BY tgname;
UPDATE users SET org_id = 6 WHERE id = 1;
SELECT key FROM heard();
UPDATE users SET name = 'x' WHERE id = 1;
SELECT key FROM heard();
UPDATE users SET org_id = 5 WHERE id = 1;
SELECT key FROM heard();
DELETE FROM users WHERE id = 1;
SELECT key FROM heard();
INSERT INTO users (id, org_id) VALUES (7, 6), (8, 5), (9, NULL);
SELECT key FROM heard();
DELETE FROM users WHERE id = 7;
SELECT key FROM heard();
SELECT * FROM mosaic.check_watches();
SELECT mosaic.unwatch(:id);

-- Some kinds of change only.
SELECT mosaic.watch('users', ARRAY['user:{id}'], ops => 'dt') AS id \gset
INSERT INTO users (id) VALUES (70);
UPDATE users SET name = 'x' WHERE id = 70;
SELECT key FROM heard();
DELETE FROM users WHERE id = 70;
SELECT key FROM heard();
SELECT mosaic.unwatch(:id);
SELECT mosaic.watch('users', ARRAY['user:{id}'], ops => 'i') AS id \gset
TRUNCATE users;
INSERT INTO users (id) VALUES (1);
SELECT key FROM heard();
SELECT * FROM mosaic.check_watches();
SELECT mosaic.unwatch(:id);

-- With session_replication_role = replica, only watches that are always on.
SELECT mosaic.watch('users', ARRAY['normal:{id}']) AS normal \gset
SELECT mosaic.watch('users', ARRAY['always:{id}'], always => true) AS always \gset
SET session_replication_role = replica;
UPDATE users SET name = 'replicated';
SELECT key FROM heard();
TRUNCATE users;
RESET session_replication_role;
SELECT * FROM heard();
INSERT INTO users (id) VALUES (1);
SELECT key FROM heard() ORDER BY key COLLATE "C";

DROP SCHEMA fi CASCADE;
DROP FUNCTION heard();
