-- Definitions that change under a watch.
\getenv abs_srcdir PG_ABS_SRCDIR
\set heard :abs_srcdir '/test/sql/heard.sql'
\set QUIET on
\i :heard
\set QUIET off

CREATE SCHEMA id;
CREATE SCHEMA id2;
SET search_path = id, public;
CREATE TABLE users (gone int, id bigint PRIMARY KEY, name text, org_id int, slug text GENERATED ALWAYS AS (lower(name)) STORED);
ALTER TABLE users DROP COLUMN gone;
INSERT INTO users (id, name, org_id) VALUES (1, 'Ann', 5);
SELECT mosaic.watch('users', ARRAY['user:{id}', 'org:{org_id}:users', 'slug:{slug}'], columns => '{name}') AS id \gset
SELECT * FROM heard();
UPDATE users SET name = 'Anna';
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- A rewrite changes every row; a new column without one changes none.
ALTER TABLE users ALTER COLUMN org_id TYPE bigint USING org_id + 1;
SELECT * FROM heard();
UPDATE users SET name = 'Anne';
SELECT key FROM heard() ORDER BY key COLLATE "C";
ALTER TABLE users ADD COLUMN made timestamptz DEFAULT clock_timestamp();
SELECT * FROM heard();
ALTER TABLE users ADD COLUMN note text DEFAULT 'x';
ALTER TABLE users ALTER COLUMN note SET NOT NULL;
SELECT * FROM heard();
UPDATE users SET name = 'Bea';
SELECT key FROM heard() ORDER BY key COLLATE "C";

-- Renamed columns: the keys keep their text.
ALTER TABLE users RENAME COLUMN org_id TO organisation;
ALTER TABLE users RENAME name TO label;
SELECT keys, key_columns, columns FROM mosaic.watch WHERE watch_id = :id;
UPDATE users SET label = 'Cleo', organisation = 8;
SELECT rel, key FROM heard() ORDER BY key COLLATE "C";
ALTER TABLE users RENAME TO people;
ALTER TABLE people SET SCHEMA id2;
UPDATE id2.people SET label = 'Dora';
SELECT rel, key FROM heard() ORDER BY key COLLATE "C";
ALTER SCHEMA id2 RENAME TO id3;
UPDATE id3.people SET label = 'Elsa';
SELECT rel, key FROM heard() ORDER BY key COLLATE "C";
ALTER SCHEMA id3 RENAME TO id2;
ALTER TABLE id2.people SET SCHEMA id;

-- Dropping a column that makes keys, or decides: refused, or the end.
\set VERBOSITY terse
ALTER TABLE people DROP COLUMN organisation;
ALTER TABLE people DROP COLUMN slug, DROP COLUMN label;
ALTER TABLE people DROP COLUMN note;
SELECT * FROM heard();
ALTER TABLE people DROP COLUMN organisation CASCADE;
SELECT * FROM heard();
SELECT count(*) AS watches FROM mosaic.watch;
SELECT count(*) AS triggers FROM pg_trigger WHERE tgname LIKE 'zz_mosaic_%';

-- Dropping the table ends its watches, and is a change of every row.
SELECT mosaic.watch('people') > 0 AS watched;
SELECT mosaic.watch('people', payload => 'row', channel => 'rows') > 0 AS watched;
DROP TABLE people;
SELECT rel, key, why FROM heard() ORDER BY rel;
SELECT count(*) AS watches FROM mosaic.watch;
CREATE TABLE parent_a (id int PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE parent_a_0 PARTITION OF parent_a FOR VALUES WITH (MODULUS 1, REMAINDER 0);
SELECT mosaic.watch('parent_a') > 0 AS watched;
BEGIN;
DROP TABLE parent_a;
ROLLBACK;
SELECT * FROM heard();
SELECT count(*) AS watches FROM mosaic.watch;
DROP TABLE parent_a;
SELECT * FROM heard();
SELECT count(*) AS watches FROM mosaic.watch;

-- Dropping its trigger by hand ends a watch as well.
CREATE TABLE plain (id int PRIMARY KEY);
SELECT mosaic.watch('plain') AS id \gset
SELECT format('DROP TRIGGER zz_mosaic_%s_row ON plain', :id) AS command \gset
:command;
SELECT * FROM heard();
SELECT count(*) AS watches FROM mosaic.watch;
SELECT count(*) AS triggers FROM pg_trigger WHERE tgname LIKE 'zz_mosaic_%';

-- So does dropping a type that a key is made of.
CREATE TYPE kind AS ENUM ('a', 'b');
CREATE TABLE typed (k kind, n int);
SELECT mosaic.watch('typed', ARRAY['{k}']) > 0 AS watched;
DROP TYPE kind CASCADE;
SELECT * FROM heard();
SELECT count(*) AS watches FROM mosaic.watch;

-- A watch made and used in one transaction, in a subtransaction, and under an
-- old snapshot.
BEGIN;
SAVEPOINT a;
SELECT mosaic.watch('plain') > 0 AS watched;
INSERT INTO plain VALUES (1);
SELECT key FROM mosaic.pending();
ROLLBACK TO a;
INSERT INTO plain VALUES (2);
COMMIT;
SELECT * FROM heard();
BEGIN;
SELECT mosaic.watch('plain') > 0 AS watched;
INSERT INTO plain VALUES (3);
COMMIT;
SELECT key FROM heard();

-- DROP EXTENSION takes the triggers along and nothing else.
BEGIN;
DROP FUNCTION heard();
DROP EXTENSION pg_mosaic;
SELECT count(*) AS triggers FROM pg_trigger WHERE tgname LIKE 'zz_mosaic_%';
INSERT INTO plain VALUES (4);
ROLLBACK;

DROP SCHEMA id CASCADE;
DROP SCHEMA id2;
DROP FUNCTION heard();
