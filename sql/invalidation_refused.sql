-- What cannot be watched: one error each, with the SQLSTATE that PostgreSQL
-- itself would use, a DETAIL and a HINT (but for NULLs and names that the server
-- looks up), and nothing of the watch is left.
\set QUIET on
SET client_min_messages = error;
\set QUIET off
CREATE SCHEMA ir;
SET search_path = ir, public;
CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id int, published boolean);
CREATE TABLE no_key (a int);
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child () INHERITS (parent);
CREATE VIEW a_view AS SELECT * FROM users;
CREATE MATERIALIZED VIEW a_matview AS SELECT * FROM users;
CREATE SEQUENCE a_sequence;
CREATE TEMP TABLE a_temp (id int PRIMARY KEY);
CREATE ROLE regress_ir_stranger;
GRANT USAGE, CREATE ON SCHEMA ir TO regress_ir_stranger;
GRANT ALL ON users TO regress_ir_stranger;

-- What a call says, line by line; an error if it is not refused, or leaves something.
CREATE FUNCTION refused(arguments text, OUT state text, OUT said text) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
    message text; detail text; hint text;
BEGIN
    BEGIN
        EXECUTE format('SELECT mosaic.watch(%s)', arguments);
        RAISE 'not refused: %', arguments USING ERRCODE = 'assert_failure';
    EXCEPTION WHEN assert_failure THEN RAISE;
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    END;
    IF EXISTS (SELECT FROM mosaic.watch) OR EXISTS (SELECT FROM pg_trigger WHERE tgname LIKE 'zz\_mosaic%') THEN
        RAISE 'something is left of %', arguments;
    END IF;
    IF detail = '' OR hint = '' THEN
        message := message || ' (without detail or hint)';
    END IF;
    FOREACH said IN ARRAY ARRAY[message, nullif(detail, ''), nullif(hint, '')] LOOP
        said := replace(said, quote_ident(session_user), 'owner');
        IF said IS NOT NULL THEN RETURN NEXT; END IF;
        state := '';
    END LOOP;
END $$;
\pset format unaligned
\pset tuples_only on
\pset fieldsep '  '

SELECT * FROM refused($$'a_view'$$);
SELECT * FROM refused($$'a_matview'$$);
SELECT * FROM refused($$'a_sequence'$$);
SELECT * FROM refused($$'users_pkey'$$);
SELECT * FROM refused($$'pg_class'$$);
SELECT * FROM refused($$'pg_toast.pg_toast_1255'$$);
SELECT * FROM refused($$'information_schema.tables'$$);
SELECT * FROM refused($$'mosaic.watch'$$);
SELECT * FROM refused($$'a_temp'$$);
SELECT * FROM refused($$'parent'$$);
SELECT * FROM refused($$'no_such_table'$$);
SELECT * FROM refused($$NULL$$);
SET ROLE regress_ir_stranger;
SELECT * FROM refused($$'users'$$);
RESET ROLE;
SELECT * FROM refused($$'no_key'$$);
SELECT * FROM refused($$'users', ARRAY['user:{nope}']$$);
SELECT * FROM refused($$'users', ARRAY['user:{ctid}']$$);
SELECT * FROM refused($$'users', columns => '{nope}'$$);
SELECT * FROM refused($$'users', ARRAY['user']$$);
SELECT * FROM refused($$'users', ARRAY['user:{id']$$);
SELECT * FROM refused($$'users', ARRAY['user:{id|rot13}']$$);
SELECT * FROM refused($$'users', '{}'$$);
SELECT * FROM refused($$'users', ARRAY['user:{id}', NULL]$$);
SELECT * FROM refused($$'users', "when" => 'published'$$);
SELECT * FROM refused($$'users', "when" => '{row}.published AND'$$);
SELECT * FROM refused($$'users', "when" => '{row}.published), (true'$$);
SELECT * FROM refused($$'users', "when" => '{row}.published) EXECUTE FUNCTION f(); --'$$);
SELECT * FROM refused($$'users', "when" => '{row}.nope'$$);
SELECT * FROM refused($$'users', "when" => '{row}.id'$$);
SELECT * FROM refused($$'users', "when" => 'EXISTS (SELECT FROM users u WHERE u.id = {row}.id)'$$);
SELECT * FROM refused($$'users', channel => repeat('c', 64)::name$$);
SELECT * FROM refused($$'users', channel => repeat('c', 63)::name$$);
SELECT * FROM refused($$'users', channel => ''$$);
SELECT * FROM refused($$'users', channel => NULL$$);
SELECT * FROM refused($$'users', ops => 'iux'$$);
SELECT * FROM refused($$'users', mode => 'fast'$$);
SELECT * FROM refused($$'users', payload => 'xml'$$);
SELECT * FROM refused($$'users', max_keys => -1$$);

\pset format aligned
\pset tuples_only off
-- What is just within: a channel of 62 bytes, an unlogged table, an inheritance child.
SELECT mosaic.watch('users', channel => repeat('c', 62)::name) > 0 AS watched;
SELECT mosaic.watch('child', ARRAY['{id}']) > 0 AS watched;
SELECT count(*) FROM mosaic.watch;

-- check_watches() finds what was broken behind our back.
SELECT * FROM mosaic.check_watches();
CREATE FUNCTION problems() RETURNS TABLE (problem text, rel regclass) LANGUAGE sql
AS $$ SELECT regexp_replace(problem, '\d+', 'N', 'g'), rel FROM mosaic.check_watches() ORDER BY problem COLLATE "C" $$;
ALTER TABLE users DISABLE TRIGGER USER;
SELECT * FROM problems();
ALTER TABLE users ENABLE TRIGGER USER;
CREATE TABLE grandchild () INHERITS (child);
SELECT * FROM problems();
DROP TABLE grandchild;
ALTER EVENT TRIGGER pg_mosaic_drop DISABLE;
ALTER TABLE users DROP COLUMN id CASCADE;
SELECT * FROM problems();
-- (a watch whose key is gone reports the whole table)
BEGIN;
INSERT INTO users (email) VALUES ('a');
SELECT key, is_all, reason FROM mosaic.pending();
COMMIT;
DO $$ BEGIN EXECUTE (SELECT format('DROP TRIGGER %I ON ir.child', tgname) FROM pg_trigger WHERE tgrelid = 'ir.child'::regclass AND tgname LIKE '%row'); END $$;
DROP TABLE users CASCADE;
SELECT problem, CASE WHEN rel::text ~ '^\d+$' THEN 'gone' ELSE rel::text END AS rel FROM problems();
SELECT mosaic.unwatch(watch_id) FROM mosaic.watch;
ALTER EVENT TRIGGER pg_mosaic_drop ENABLE;
SELECT * FROM problems();

DROP SCHEMA ir CASCADE;
DROP OWNED BY regress_ir_stranger;
DROP ROLE regress_ir_stranger;
