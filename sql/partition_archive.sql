-- Retention that archives: write-block, archive and verification, then the drop.
CREATE SCHEMA partition_archive;
SET search_path = partition_archive;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET lc_messages = 'C';
COPY (SELECT) TO PROGRAM 'cat >/dev/null; mkdir -p mosaic_archive mosaic_sealed && rm -f mosaic_archive/* && chmod 500 mosaic_sealed && touch mosaic_file';
SELECT current_setting('data_directory') AS data \gset
CREATE VIEW ledger AS
	SELECT id, name, state, attempts, format, compression, rows, hash, checksum IS NOT NULL AS summed, bytes > 0 AS written,
		   regexp_replace(location, '^.*/([^/]*)\.[-0-9a-f]{36}\.', '\1.TOKEN.') AS file, last_error
	FROM mosaic.partition_ledger WHERE parent::text LIKE '%ids%' ORDER BY id;
CREATE VIEW steps AS
	SELECT action, partition, outcome, sqlstate, regexp_replace(detail, '/.*/(.*)\.[-0-9a-f]{36}\.', '\1.TOKEN.') AS detail
	FROM mosaic.partition_log WHERE parent::text = 'ids' AND action NOT LIKE 'create%' ORDER BY id;
CREATE FUNCTION files() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT regexp_replace(f, '\.[-0-9a-f]{36}\.', '.TOKEN.') FROM pg_ls_dir(current_setting('mosaic.archive_directory')) AS f ORDER BY 1 $$;
-- Ids in hundreds; those 100 below the largest key have expired.
CREATE PROCEDURE make(hundreds integer) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE ids (k bigint, note text, at timestamptz, n numeric, blob bytea, twice bigint GENERATED ALWAYS AS (k * 2) STORED, PRIMARY KEY (k)) PARTITION BY RANGE (k);
	CREATE INDEX ON ids (note);
	PERFORM mosaic.create_parent('ids', '100', premake => hundreds);
	INSERT INTO ids (k, note, at, n, blob)
		SELECT k, CASE k / 10 % 5 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN '\.' WHEN 3 THEN E'two\nlines, "quoted"' ELSE 'ümläut' END,
			   '2024-01-01 00:00+00'::timestamptz + k * interval '1.000001 hours', k / 7.0, decode(lpad(to_hex(k), 8, '0'), 'hex')
		FROM generate_series(0, hundreds * 100, 10) k;
END $$;
CREATE PROCEDURE forget() LANGUAGE plpgsql AS $$
BEGIN
	PERFORM mosaic.drop_parent('ids');
	DROP TABLE ids;
END $$;

CALL make(4);
-- Somewhere to put it has to be there.
\set VERBOSITY default
SET mosaic.archive_directory = 'somewhere';
UPDATE mosaic.partition_set SET retention_action = 'archive' WHERE parent = 'ids'::regclass;
\set VERBOSITY sqlstate
SELECT set_config('mosaic.archive_directory', :'data' || '/mosaic_nowhere', false) \g (format=unaligned tuples_only=on) /dev/null
UPDATE mosaic.partition_set SET retention_action = 'archive' WHERE parent = 'ids'::regclass;
SELECT set_config('mosaic.archive_directory', :'data' || '/mosaic_file', false) \g /dev/null
UPDATE mosaic.partition_set SET retention_action = 'archive' WHERE parent = 'ids'::regclass;
SELECT set_config('mosaic.archive_directory', :'data' || '/mosaic_sealed', false) \g /dev/null
UPDATE mosaic.partition_set SET retention_action = 'archive' WHERE parent = 'ids'::regclass;
SELECT set_config('mosaic.archive_directory', :'data' || '/mosaic_archive', false) \g /dev/null
\set VERBOSITY default
UPDATE mosaic.partition_set SET archive_format = 'parquet' WHERE parent = 'ids'::regclass;
UPDATE mosaic.partition_set SET archive_compression = 'zstd' WHERE parent = 'ids'::regclass;
UPDATE mosaic.partition_set SET cooldown = '-1 day' WHERE parent = 'ids'::regclass;
UPDATE mosaic.partition_set SET retain_bytes = 0 WHERE parent = 'ids'::regclass;
\set VERBOSITY sqlstate
UPDATE mosaic.partition_set SET cooldown = NULL WHERE parent = 'ids'::regclass;
\set VERBOSITY terse

-- The steps, and what is left of them.
UPDATE mosaic.partition_set SET retention_action = 'archive', retention = '100' WHERE parent = 'ids'::regclass;
SELECT step, action, partition FROM mosaic.plan('ids');
SELECT count(*), sum(hashtextextended(ROW(k, note, at, n, blob)::text, 0)) FROM ids WHERE k < 100;
-- Not in the caller's transaction, which may be rolled back.
SELECT action, partition, outcome, detail FROM mosaic.run_maintenance('ids');
SELECT count(*) FROM mosaic.partition_ledger WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT * FROM steps;
SELECT name, state, attempts, format, compression, rows, hash, summed, written, file, last_error FROM ledger;
SELECT * FROM files();
SELECT parent, partition, lower_bound, upper_bound, state, rows FROM mosaic.archived_partitions WHERE parent = 'ids'::regclass;
SELECT partition FROM mosaic.partitions('ids');
-- Read by anybody's COPY.
CREATE TABLE reread (k bigint, note text, at timestamptz, n numeric, blob bytea);
DO $$ BEGIN EXECUTE (SELECT format('COPY partition_archive.reread FROM %L (FORMAT csv, HEADER)', location) FROM mosaic.archived_partitions WHERE parent = 'ids'::regclass AND lower_bound = '0'); END $$;
SELECT count(*), sum(hashtextextended(reread::text, 0)) FROM reread;
DROP TABLE reread;
-- And brought back, with its index and generated column.
SELECT mosaic.restore_archive('ids', 'ids_p0');
SELECT count(*), sum(twice) FROM ids WHERE k < 100;
SELECT count(*) FROM pg_index WHERE indrelid = 'ids_p0'::regclass;
SELECT conname FROM pg_constraint WHERE conrelid = 'ids_p0'::regclass AND contype = 'c';
CALL forget();

-- Binary, compressed, both; settings of the session do not matter.
SET bytea_output = 'escape';
SET extra_float_digits = -15;
SET DateStyle = 'SQL, DMY';
SET TimeZone = 'Asia/Kolkata';
SET client_encoding = 'LATIN1';
CALL make(5);
UPDATE mosaic.partition_set SET retention_action = 'archive', retention = '400', archive_format = 'binary', archive_compression = 'none' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
UPDATE mosaic.partition_set SET retention = '300', archive_format = 'csv', archive_compression = 'gzip' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
UPDATE mosaic.partition_set SET retention = '200', archive_format = 'binary', archive_compression = 'gzip' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
RESET client_encoding;
RESET bytea_output;
RESET extra_float_digits;
SET DateStyle = 'ISO';
SET TimeZone = 'UTC';
SELECT name, state, format, compression, rows, hash, file FROM ledger WHERE format IS NOT NULL AND state = 'dropped';
SELECT mosaic.restore_archive('ids', name) FROM ledger WHERE state = 'dropped' ORDER BY name;
SELECT count(*), count(note), sum(k), sum(n)::numeric(12, 3), max(at), count(DISTINCT blob) FROM ids WHERE k < 300;
CALL forget();

-- Names that a file cannot have, and columns of all kinds.
CREATE TABLE "../ids; rm -rf $(x) `y` 'z' ""q"" | ümlaut and a name as long as they may be" ("the, ""key""" bigint, f float8, i interval, j jsonb, a text[], m money) PARTITION BY RANGE ("the, ""key""");
SELECT count(*) FROM mosaic.create_parent('"../ids; rm -rf $(x) `y` ''z'' ""q"" | ümlaut and a name as long as they may be"', '100', premake => 2);
SELECT parent AS odd FROM mosaic.partition_set WHERE parent::text LIKE '%/ids%' \gset
INSERT INTO :odd VALUES (1, 0.1 + 0.2, '1 mon -3 days 04:05:06.7', '{"a": [1, null]}', '{"x,y","{z}",NULL}', 12.5), (199, 'NaN', NULL, NULL, '{}', NULL), (299, '-Infinity', NULL, NULL, NULL, NULL);
UPDATE mosaic.partition_set SET retention_action = 'archive', retention = '50' WHERE parent = :'odd'::regclass;
CALL mosaic.maintain(:'odd');
SELECT regexp_replace(f, '\.[-0-9a-f]{36}\.', '.TOKEN.') AS file FROM pg_ls_dir(current_setting('mosaic.archive_directory')) AS f WHERE f LIKE '%rm%' ORDER BY 1;
SELECT count(*) FROM :odd;
SELECT count(mosaic.restore_archive(parent, partition)) FROM mosaic.archived_partitions WHERE parent = :'odd'::regclass;
SELECT * FROM :odd ORDER BY 1;
SELECT mosaic.drop_parent(:'odd');
DROP TABLE :odd;

-- A partition with partitions of its own is one archive and comes back as one.
CREATE TABLE ids (k bigint, tenant integer) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('ids', '100', premake => 3);
SELECT count(*) FROM mosaic.create_sub_parent('ids', 'HASH (tenant)', modulus => 3);
INSERT INTO ids SELECT k, k % 7 FROM generate_series(0, 350) k;
UPDATE mosaic.partition_set SET retention_action = 'archive', retention = '200' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
UPDATE mosaic.partition_set SET archive_format = 'binary', archive_compression = 'gzip', retention = '100' WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT name, state, format, rows FROM ledger WHERE state = 'dropped' AND id > (SELECT max(id) - 2 FROM ledger);
SELECT mosaic.restore_archive('ids', 'ids_p0'), mosaic.restore_archive('ids', 'ids_p100');
SELECT tableoid::regclass, count(*), sum(k) FROM ids WHERE k < 200 GROUP BY tableoid ORDER BY 1;
CALL forget();

-- What cannot be archived stays, with the reason; the others go.
CREATE FOREIGN DATA WRAPPER partition_archive_fdw;
CREATE SERVER partition_archive_server FOREIGN DATA WRAPPER partition_archive_fdw;
CREATE TABLE ids (k bigint) PARTITION BY RANGE (k);
SELECT count(*) FROM mosaic.create_parent('ids', '100', premake => 4);
INSERT INTO ids VALUES (450);
DROP TABLE ids_p0;
CREATE FOREIGN TABLE ids_afar PARTITION OF ids FOR VALUES FROM (0) TO (100) SERVER partition_archive_server;
UPDATE mosaic.partition_set SET retention_action = 'archive', retention = '200', create_paused = true WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT * FROM steps;
SELECT code, object, detail FROM mosaic.partition_issues() WHERE set = 'ids'::regclass AND severity <> 'info';
SELECT mosaic.drop_parent('ids');
DROP TABLE ids;
DROP FOREIGN DATA WRAPPER partition_archive_fdw CASCADE;

-- Scenario 55: a file that differs from the table by a row is no archive.  The
-- count of the table is taken once, so that it can be made wrong in between.
CREATE FUNCTION later(jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{"done": false}'::jsonb $$;
CALL make(3);
UPDATE mosaic.partition_set SET retention_action = 'archive', retention = '200', archive_callback = 'partition_archive.later', create_paused = true WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT count(*) AS files FROM files() \gset
UPDATE mosaic.partition_ledger SET rows = rows - 1 WHERE relation = 'ids_p0'::regclass;
UPDATE mosaic.partition_set SET archive_callback = NULL WHERE parent = 'ids'::regclass;
CALL mosaic.maintain('ids');
SELECT partition, outcome, sqlstate, regexp_replace(detail, 'hash -?\d+', 'hash N', 'g') AS detail FROM mosaic.partition_log WHERE parent = 'ids'::regclass ORDER BY id DESC LIMIT 1;
SELECT name, state, last_error IS NOT NULL AS failed FROM ledger ORDER BY id DESC LIMIT 1;
SELECT count(*) FROM ids WHERE k < 100;
SELECT count(*) - :files AS more_files FROM files();
UPDATE mosaic.partition_ledger SET rows = rows + 1, hash = hash + 1 WHERE relation = 'ids_p0'::regclass;
CALL mosaic.maintain('ids');
SELECT name, state FROM ledger ORDER BY id DESC LIMIT 1;
UPDATE mosaic.partition_ledger SET hash = hash - 1 WHERE relation = 'ids_p0'::regclass;
CALL mosaic.maintain('ids');
SELECT name, state FROM ledger ORDER BY id DESC LIMIT 1;
CALL forget();

-- Row security hides nothing from an archive.
CALL make(3);
ALTER TABLE ids_p0 ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE ROLE partition_archive_owner;
GRANT ALL ON SCHEMA partition_archive TO partition_archive_owner;
ALTER TABLE ids OWNER TO partition_archive_owner;
ALTER TABLE ids_p0 OWNER TO partition_archive_owner;
UPDATE mosaic.partition_set SET retention_action = 'archive', retention = '200' WHERE parent = 'ids'::regclass;
-- Nor does its owner's right to call a row something else, though that keeps
-- the table from being dropped.
CREATE FUNCTION lie(ids_p0) RETURNS text LANGUAGE sql AS $$ SELECT 'all the same' $$;
CREATE CAST (ids_p0 AS text) WITH FUNCTION lie(ids_p0);
SET client_min_messages = error;
SET ROLE partition_archive_owner;
CALL mosaic.maintain('ids');
RESET ROLE;
SELECT name, state, rows, hash FROM ledger ORDER BY id DESC LIMIT 1;
DROP CAST (ids_p0 AS text);
DROP FUNCTION lie(ids_p0);
CALL mosaic.maintain('ids');
RESET client_min_messages;
SELECT name, state, rows, hash FROM ledger ORDER BY id DESC LIMIT 1;
-- The owner sees the ledger and cannot write it, nor say where files go.
SET ROLE partition_archive_owner;
SELECT count(*) > 0 AS sees FROM mosaic.archived_partitions WHERE parent = 'ids'::regclass;
\set VERBOSITY sqlstate
UPDATE mosaic.partition_ledger SET location = '/etc/passwd';
SET mosaic.archive_directory = '/tmp';
\set VERBOSITY terse
RESET ROLE;
CALL forget();
DROP OWNED BY partition_archive_owner;
DROP ROLE partition_archive_owner;

RESET mosaic.archive_directory;
COPY (SELECT) TO PROGRAM 'cat >/dev/null; chmod 700 mosaic_sealed && rm -r mosaic_archive mosaic_sealed mosaic_file';
RESET lc_messages;
RESET DateStyle;
RESET TimeZone;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_archive CASCADE;
