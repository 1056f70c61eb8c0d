-- Archives by a function of the user's, and the write-block around them.
CREATE SCHEMA partition_callback;
SET search_path = partition_callback;
SET lc_messages = 'C';
CREATE ROLE partition_callback_owner;
GRANT ALL ON SCHEMA partition_callback TO partition_callback_owner;
SET ROLE partition_callback_owner;
-- Ids in hundreds, two of them still needed.
CREATE PROCEDURE make(hundreds integer) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE ids (k bigint PRIMARY KEY, note text) PARTITION BY RANGE (k);
	PERFORM mosaic.create_parent('ids', '100', premake => hundreds);
	UPDATE mosaic.partition_set SET retention = '100', create_paused = true WHERE parent = 'ids'::regclass;
	INSERT INTO ids SELECT k, 'row ' || k FROM generate_series(5, hundreds * 100, 10) k;
END $$;
CREATE PROCEDURE forget() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mosaic.drop_parent('ids');
	DROP TABLE ids;
END $$;
CREATE VIEW ledger AS
	SELECT id, name, state, attempts, format, location, rows, result, last_error
	FROM mosaic.partition_ledger WHERE parent::text = 'ids' ORDER BY id;
CREATE TABLE asked (k serial, question jsonb, who name, path text);
CREATE TABLE archive (partition text, k bigint, note text);
CREATE FUNCTION keep(question jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO partition_callback.asked (question, who, path) VALUES (question, current_user, current_setting('search_path'));
	EXECUTE format('INSERT INTO partition_callback.archive SELECT %L, k, note FROM %I.%I', question ->> 'partition', question ->> 'schema', question ->> 'partition');
	RETURN jsonb_build_object('rows', question -> 'rows', 'location', 'table archive');
END $$;
CREATE FUNCTION wrong(jsonb) RETURNS text LANGUAGE sql AS $$ SELECT '{}' $$;

-- It has to be one that the owner may call.
CALL make(4);
\set VERBOSITY default
UPDATE mosaic.partition_set SET archive_callback = 'partition_callback.nothing' WHERE parent = 'ids'::regclass;
UPDATE mosaic.partition_set SET archive_callback = 'keep' WHERE parent = 'ids'::regclass;
UPDATE mosaic.partition_set SET archive_callback = 'partition_callback.wrong' WHERE parent = 'ids'::regclass;
\set VERBOSITY sqlstate
UPDATE mosaic.partition_set SET archive_callback = '"unfinished' WHERE parent = 'ids'::regclass;
RESET ROLE;
CREATE FUNCTION others(jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT NULL::jsonb $$;
REVOKE ALL ON FUNCTION others(jsonb) FROM PUBLIC;
SET ROLE partition_callback_owner;
UPDATE mosaic.partition_set SET archive_callback = 'partition_callback.others' WHERE parent = 'ids'::regclass;
\set VERBOSITY terse
UPDATE mosaic.partition_set SET retention_action = 'archive', archive_callback = 'partition_callback.keep' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT jsonb_pretty(question - 'bytes') AS question, question ? 'bytes' AS bytes, who, path FROM asked WHERE k = 1;
SELECT name, state, attempts, format, location, rows, result FROM ledger;
SELECT partition, count(*), sum(k) FROM archive GROUP BY partition ORDER BY 1;
SELECT mosaic.restore_archive('ids', 'ids_p0');
CALL forget();

-- Scenario 54: it fails on the third of ten; the others go, and so does that
-- one once it can.
CREATE FUNCTION fails(question jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	IF question ->> 'partition' = 'ids_p200' AND (question ->> 'attempt')::integer < 3 THEN
		RAISE EXCEPTION 'the tape is full, attempt %', question ->> 'attempt';
	END IF;
	RETURN jsonb_build_object('rows', question -> 'rows');
END $$;
CALL make(11);
UPDATE mosaic.partition_set SET retention_action = 'archive', archive_callback = 'partition_callback.fails', create_paused = false WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT name, state, attempts, last_error FROM ledger WHERE id > (SELECT max(id) - 10 FROM ledger);
SELECT partition FROM mosaic.partition_bounds('ids');
SELECT severity, code, object, detail FROM mosaic.partition_issues() WHERE set = 'ids'::regclass;
SELECT work, failures, sqlstate, message FROM mosaic.partition_failure WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
CALL mosaic.maintain('ids');
SELECT name, state, attempts, last_error FROM ledger WHERE name = 'ids_p200' ORDER BY id DESC LIMIT 1;
SELECT count(*) FROM mosaic.partition_failure WHERE parent = 'ids'::regclass;
CALL forget();

-- Refused, or with other rows than there are: not dropped (scenario 55).
CREATE FUNCTION answers(question jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT CASE question ->> 'partition'
		WHEN 'ids_p0' THEN NULL
		WHEN 'ids_p100' THEN jsonb_build_object('rows', (question ->> 'rows')::bigint - 1)
		WHEN 'ids_p200' THEN jsonb_build_object('rows', question -> 'rows', 'hash', 42)
		WHEN 'ids_p300' THEN '{"location": "somewhere"}'
		WHEN 'ids_p400' THEN '["rows"]'
		ELSE jsonb_build_object('rows', question -> 'rows', 'hash', question -> 'hash')
	END $$;
CALL make(7);
UPDATE mosaic.partition_set SET retention_action = 'archive', archive_callback = 'partition_callback.answers' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT partition, sqlstate, detail FROM mosaic.partition_log WHERE parent = 'ids'::regclass AND outcome = 'failed' ORDER BY id;
SELECT partition FROM mosaic.partition_bounds('ids');
CALL forget();

-- In parts.  Meanwhile nothing gets in (scenario 56).
CREATE FUNCTION in_parts(question jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT CASE WHEN (question -> 'previous' ->> 'part')::integer = 2 THEN jsonb_build_object('rows', question -> 'rows')
		ELSE jsonb_build_object('done', false, 'part', COALESCE((question -> 'previous' ->> 'part')::integer, 0) + 1) END $$;
CALL make(2);
INSERT INTO ids VALUES (299);
UPDATE mosaic.partition_set SET retention_action = 'archive', archive_callback = 'partition_callback.in_parts', retention = '150' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT name, state, attempts, rows, result FROM ledger ORDER BY id DESC LIMIT 1;
SELECT action, outcome, detail FROM mosaic.partition_log WHERE parent = 'ids'::regclass ORDER BY id DESC LIMIT 1;
\set VERBOSITY default
INSERT INTO ids VALUES (1);
\set VERBOSITY sqlstate
INSERT INTO ids_p0 VALUES (1);
UPDATE ids SET note = 'other' WHERE k = 5;
UPDATE ids SET k = 1 WHERE k = 105;
UPDATE ids SET k = 101 WHERE k = 5;
DELETE FROM ids WHERE k = 5;
MERGE INTO ids USING (VALUES (1)) v (k) ON ids.k = v.k WHEN NOT MATCHED THEN INSERT VALUES (v.k);
TRUNCATE ids;
TRUNCATE ids_p0;
COPY ids (k) FROM stdin;
1
\.
RESET ROLE;
SET session_replication_role = replica;
INSERT INTO ids VALUES (1);
RESET session_replication_role;
SET ROLE partition_callback_owner;
\set VERBOSITY terse
INSERT INTO ids VALUES (101);
SELECT count(*) FROM ids;
-- Who takes the block away and puts it back is found out: from the beginning.
ALTER TABLE ids_p0 DISABLE TRIGGER ALL;
INSERT INTO ids VALUES (1, 'late');
ALTER TABLE ids_p0 ENABLE TRIGGER ALL;
ALTER TABLE ids_p0 ENABLE ALWAYS TRIGGER mosaic_write_block, ENABLE ALWAYS TRIGGER mosaic_truncate_block;
SELECT action FROM mosaic.plan('ids') WHERE action <> 'create';
CALL mosaic.maintain('ids');
SELECT name, state, attempts, rows, result FROM ledger ORDER BY id DESC LIMIT 1;
-- So is a column more.
ALTER TABLE ids ADD COLUMN more integer DEFAULT 7;
SELECT action FROM mosaic.plan('ids') WHERE action <> 'create';
CALL mosaic.maintain('ids');
CALL mosaic.maintain('ids');
SELECT name, state, attempts, rows, result FROM ledger ORDER BY id DESC LIMIT 1;
CALL mosaic.maintain('ids');
SELECT name, state, attempts, rows, result FROM ledger ORDER BY id DESC LIMIT 1;
CALL forget();

-- Writers come first again when it need not go any more, retention is paused,
-- the partition is held, the set forgotten, or archiving fails for good.
CREATE FUNCTION never(question jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{"done": false}'::jsonb $$;
CREATE FUNCTION blocks() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s %s %s', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE tgfoid = 'mosaic.refuse_write'::regproc ORDER BY 1 $$;
CALL make(2);
UPDATE mosaic.partition_set SET retention_action = 'archive', archive_callback = 'partition_callback.never', retention = '50' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT * FROM blocks();
UPDATE mosaic.partition_set SET retention = '500' WHERE parent = 'ids'::regclass;
SELECT action, partition, reason FROM mosaic.plan('ids');
CALL mosaic.maintain('ids');
SELECT * FROM blocks();
SELECT name, state FROM ledger ORDER BY id DESC LIMIT 1;
INSERT INTO ids VALUES (1);
UPDATE mosaic.partition_set SET retention = '50' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
UPDATE mosaic.partition_set SET retain_paused = true WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT * FROM blocks();
UPDATE mosaic.partition_set SET retain_paused = false WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT mosaic.hold_partition('ids_p0', 'litigation');
SELECT action, partition, reason FROM mosaic.plan('ids');
CALL mosaic.maintain('ids');
SELECT * FROM blocks();
SELECT partition, root, reason, held_by = session_user AS by_me FROM mosaic.partition_hold;
SELECT mosaic.release_partition('ids_p0');
\set VERBOSITY sqlstate
SELECT mosaic.release_partition('ids_p0');
SELECT mosaic.hold_partition('ids');
\set VERBOSITY terse
UPDATE mosaic.partition_set SET archive_callback = 'partition_callback.fails' WHERE parent = 'ids'::regclass;
CREATE OR REPLACE FUNCTION fails(question jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'attempt %', question -> 'attempt'; END $$;
CALL mosaic.maintain('ids');
CALL mosaic.maintain('ids');
CALL mosaic.maintain('ids');
CALL mosaic.maintain('ids');
CALL mosaic.maintain('ids');
SELECT * FROM blocks();
SELECT name, state, attempts, last_error FROM ledger ORDER BY id DESC LIMIT 1;
CALL mosaic.maintain('ids');
SELECT * FROM blocks();
SELECT name, state, attempts, last_error FROM ledger ORDER BY id DESC LIMIT 1;
CALL mosaic.maintain('ids');
SELECT mosaic.drop_parent('ids');
SELECT * FROM blocks();
DROP TABLE ids;

RESET ROLE;
RESET lc_messages;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_callback CASCADE;
DROP OWNED BY partition_callback_owner;
DROP ROLE partition_callback_owner;
