-- Watches that are made, owned and ended.  What is refused is in invalidation_refused.
\getenv abs_srcdir PG_ABS_SRCDIR
\set heard :abs_srcdir '/test/sql/heard.sql'
\set QUIET on
\i :heard
\set VERBOSITY default
\set SHOW_CONTEXT never
\set QUIET off

CREATE SCHEMA iw;
SET search_path = iw, public;
CREATE TABLE users (id bigint PRIMARY KEY, email text, name text, org_id int, published boolean, doc json);
CREATE TABLE memberships (org_id int, user_id int, PRIMARY KEY (user_id, org_id));
CREATE TABLE no_key (a int, b text);
CREATE TABLE "we{i}rd" (id int PRIMARY KEY);

-- Defaults.
SELECT mosaic.watch('users') > 0 AS watched;
SELECT mosaic.watch('memberships') > 0 AS watched;
SELECT mosaic.watch('"we{i}rd"') > 0 AS watched;
SELECT rel, keys, key_columns, columns, "when", ops, channel, mode, payload, max_keys, always
  FROM mosaic.watch ORDER BY watch_id;
SELECT tgrelid::regclass, regexp_replace(tgname, '\d+', 'N') AS trigger, tgenabled
  FROM pg_trigger WHERE tgname LIKE 'zz_mosaic_%' ORDER BY 1, 2;
SELECT mosaic.unwatch(watch_id) FROM mosaic.watch WHERE rel IN ('memberships'::regclass, '"we{i}rd"'::regclass);

-- The same again is a mistake; another channel is not.
\set VERBOSITY sqlstate
SELECT mosaic.watch('users');
\set VERBOSITY default
SELECT mosaic.watch('users', channel => 'other') > 0 AS watched;
SELECT mosaic.unwatch('users');
SELECT count(*) AS watches FROM mosaic.watch;
SELECT count(*) AS triggers FROM pg_trigger WHERE tgname LIKE 'zz_mosaic_%';
SELECT mosaic.unwatch('users');
SELECT mosaic.unwatch(-1);

-- An unlogged table is as good as any.
CREATE UNLOGGED TABLE fleeting (id int PRIMARY KEY);
SELECT mosaic.watch('fleeting') > 0 AS watched;
SELECT mosaic.unwatch('fleeting');

-- Another owner's.
CREATE ROLE regress_iw_stranger;
GRANT USAGE ON SCHEMA iw TO regress_iw_stranger;
GRANT ALL ON users TO regress_iw_stranger;
SET ROLE regress_iw_stranger;
\set VERBOSITY terse
SELECT mosaic.watch('users');
\set VERBOSITY default
RESET ROLE;
SELECT mosaic.watch('users') > 0 AS watched;
SET ROLE regress_iw_stranger;
SELECT mosaic.unwatch('users');
SELECT mosaic.invalidate_table('users');
RESET ROLE;
SELECT mosaic.unwatch('users');

SELECT count(*) AS watches FROM mosaic.watch;
SELECT count(*) AS triggers FROM pg_trigger WHERE tgname LIKE 'zz_mosaic_%';

-- The trigger function serves watches only.
SELECT mosaic.collect();
SELECT mosaic.watch('users') AS id \gset
CREATE TRIGGER forged AFTER INSERT ON no_key FOR EACH ROW EXECUTE FUNCTION mosaic.collect(:'id');
\set VERBOSITY terse
INSERT INTO no_key VALUES (1);
DROP TRIGGER forged ON no_key;
CREATE TRIGGER early BEFORE INSERT ON no_key FOR EACH ROW EXECUTE FUNCTION mosaic.collect('1');
INSERT INTO no_key VALUES (1);
DROP TRIGGER early ON no_key;

SELECT mosaic.unwatch('users');
-- Always on, with session_replication_role = replica too.
SELECT mosaic.watch('users', always => true) > 0 AS watched;
SELECT tgenabled, count(*) FROM pg_trigger WHERE tgname LIKE 'zz_mosaic_%' GROUP BY 1;
SELECT * FROM mosaic.check_watches();
SELECT mosaic.unwatch('users');

DROP SCHEMA iw CASCADE;
DROP FUNCTION heard();
DROP ROLE regress_iw_stranger;
