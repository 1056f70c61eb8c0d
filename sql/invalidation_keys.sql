-- The text of keys: exact, and the same in every session.
\getenv abs_srcdir PG_ABS_SRCDIR
\set heard :abs_srcdir '/test/sql/heard.sql'
\set QUIET on
\i :heard
\set QUIET off

CREATE SCHEMA ik;
SET search_path = ik, public;

-- Whatever a text holds.
CREATE TABLE texts (k text PRIMARY KEY);
SELECT mosaic.watch('texts', ARRAY['{k}']) AS id \gset
SELECT * FROM heard();
INSERT INTO texts VALUES (E'quote " back \\ line\n colon : braces {} tick '' emoji '), (U&'\20AC\2028'), ('');
SELECT count(*) AS exact FROM heard() JOIN texts ON k = key;
SELECT mosaic.unwatch(:id);

-- Composite keys: joined as written, or made unambiguous.
CREATE TABLE pairs (x text, y text, PRIMARY KEY (x, y));
SELECT mosaic.watch('pairs', ARRAY['{x}:{y}']) AS plain \gset
SELECT mosaic.watch('pairs', ARRAY['{x|url}:{y|url}', '{{{x|md5}}}'], channel => 'safe') AS safe \gset
INSERT INTO pairs VALUES ('a:b', 'c'), ('a', 'b:c'), ('ä /~', '%');
SELECT key FROM heard() ORDER BY key COLLATE "C";
SELECT '{' || md5('a:b') || '}' AS expected;
DELETE FROM pairs;

-- Every session writes the same.
CREATE TABLE moments (t timestamptz, f float8, b bytea, i interval, r int4range, d date, ts timestamp, u uuid, n numeric, fl real,
                      bo bool, a int[], e inet, ti time, m money);
SELECT mosaic.watch('moments', ARRAY['t={t}', 'f={f}', 'b={b}', 'i={i}', 'r={r}', 'd={d}', 'ts={ts}', 'u={u}', 'n={n}', 'fl={fl}',
                    'bo={bo}', 'a={a}', 'e={e}', 'ti={ti}', 'c={m|url}']) > 0 AS watched;
SELECT * FROM heard();
INSERT INTO moments VALUES ('2026-01-02 03:04:05+00', 0.1::float8 + 0.2::float8, '\x00ff', '1 day 02:03:04', '[1,5)', '2026-01-02', '2026-01-02 03:04:05.678',
                            'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 12.50, 0.1, true, '{1,2}', '10.0.0.1/8', '03:04', 1);
SELECT key FROM heard() ORDER BY key COLLATE "C";
SET timezone = 'Asia/Tokyo';
SET datestyle = 'German';
SET intervalstyle = 'iso_8601';
SET bytea_output = 'escape';
SET extra_float_digits = -15;
UPDATE moments SET bo = bo;
SELECT key FROM heard() ORDER BY key COLLATE "C";
SHOW datestyle;
SHOW bytea_output;
RESET timezone;
RESET datestyle;
RESET intervalstyle;
RESET bytea_output;
RESET extra_float_digits;
UPDATE moments SET t = 'infinity', f = 'NaN', d = '-infinity', ts = 'infinity', b = NULL, i = NULL, r = NULL, u = NULL, n = 'NaN',
                   fl = '-infinity', a = NULL, e = NULL, ti = NULL, m = NULL;
SELECT key FROM heard() WHERE key ~ 'infinity|NaN|Inf' ORDER BY key COLLATE "C";

-- Kinds of type: domains, enums, char(n), arrays of those.
CREATE DOMAIN small AS smallint;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE kinds (s small, m mood, c char(3), v varchar(5), o oid, n name, x xid8);
SELECT mosaic.watch('kinds', ARRAY['{s}/{m}/{c}/{v}/{o}/{n}/{x}']) > 0 AS watched;
INSERT INTO kinds VALUES (-32768, 'ok', 'a', 'b', 1, 'n', '9');
SELECT key FROM heard();

-- Too long: the whole table, and the write succeeds.
CREATE TABLE longs (k text PRIMARY KEY);
SELECT mosaic.watch('longs', ARRAY['{k}']) > 0 AS watched;
INSERT INTO longs VALUES ((SELECT string_agg(md5(i::text), '') FROM generate_series(1, 80) i));
SELECT rel, key, why FROM heard();
INSERT INTO longs VALUES (repeat('x', 100000));
SELECT rel, key, why FROM heard();
-- The limit is on JSON: 1,024 letters fit, 200 characters of six bytes do not.
INSERT INTO longs VALUES (repeat('y', 1024));
SELECT length(key), why FROM heard();
INSERT INTO longs VALUES (repeat('y', 1025));
SELECT length(key), why FROM heard();
INSERT INTO longs VALUES (repeat('é', 170));
SELECT length(key), why FROM heard();
INSERT INTO longs VALUES (repeat('é', 171));
SELECT length(key), why FROM heard();
DELETE FROM longs WHERE length(k) = 170;
SELECT length(key), why FROM heard();
-- One too long among others, undone with its savepoint.
BEGIN;
INSERT INTO longs VALUES ('short');
SAVEPOINT a;
INSERT INTO longs VALUES (repeat('z', 2000));
ROLLBACK TO a;
COMMIT;
SELECT key, why FROM heard();

-- Too many: the whole table; exactly as many as allowed are not.
CREATE TABLE many (id int PRIMARY KEY);
SELECT mosaic.watch('many', max_keys => 100) AS id \gset
INSERT INTO many SELECT generate_series(1, 100);
SELECT count(*), min(why) FROM heard();
UPDATE many SET id = id + 1000;
SELECT rel, key, why FROM heard();
-- An overflow is undone with its savepoint.
BEGIN;
SAVEPOINT a;
UPDATE many SET id = id + 1000;
ROLLBACK TO a;
UPDATE many SET id = id WHERE id <= 1003;
COMMIT;
SELECT key, why FROM heard() ORDER BY key COLLATE "C";
SELECT mosaic.unwatch(:id);
SELECT mosaic.watch('many') AS id \gset
SET mosaic.max_keys = 3;
UPDATE many SET id = id WHERE id <= 1003;
SELECT count(*), min(why) FROM heard();
UPDATE many SET id = id WHERE id <= 1004;
SELECT count(*), min(why) FROM heard();
RESET mosaic.max_keys;

-- Rows as the classic trigger sends them.
CREATE TABLE classic (id int PRIMARY KEY, name text);
SELECT mosaic.watch('classic', payload => 'row') > 0 AS watched;
SELECT mosaic.watch('pairs', payload => 'row') > 0 AS watched;
SELECT mosaic.watch('moments', ARRAY['{n}{f}{bo}{d}'], payload => 'row', channel => 'odd') > 0 AS watched;
INSERT INTO classic VALUES (1), (2);
INSERT INTO pairs VALUES ('a"b', 'ü');
SELECT key FROM heard() WHERE key LIKE '{%table%' ORDER BY key COLLATE "C";
BEGIN;
UPDATE classic SET id = 3 WHERE id = 1;
UPDATE classic SET name = 'x' WHERE id = 2;
DELETE FROM classic WHERE id = 2;
SAVEPOINT a;
DELETE FROM classic WHERE id = 3;
ROLLBACK TO a;
COMMIT;
SELECT key FROM heard() ORDER BY key COLLATE "C";
INSERT INTO moments (n, f, bo, d) VALUES (1.50, 2, false, '2026-01-01'), ('NaN', 'infinity', true, '2026-01-01');
SELECT key FROM heard() WHERE key LIKE '{%' ORDER BY key COLLATE "C";

-- Hashed keys are HMACs of the keys.
CREATE TABLE secret (id int PRIMARY KEY);
SELECT mosaic.watch('secret', payload => 'hashed') > 0 AS watched;
INSERT INTO secret VALUES (4711);
SELECT length(key), key ~ '4711' AS shows FROM heard();

DROP SCHEMA ik CASCADE;
DROP FUNCTION heard();
