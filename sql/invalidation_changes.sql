-- Reading what has changed: tokens, who may read, filling caches.  What needs
-- exact positions, and so no ticker beside it, is in t/040_invalidation_positions.pl.
\set QUIET on
SET client_min_messages = error;
\set QUIET off
CREATE SCHEMA ch;
SET search_path = ch, public;
CREATE TABLE users (id bigint PRIMARY KEY, name text);
SELECT mosaic.watch('users') > 0 AS watched;
CREATE TABLE other (id bigint PRIMARY KEY);
SELECT mosaic.watch('other', channel => 'other') > 0 AS watched;

-- A page with nothing is one row with a token.
SELECT token AS start FROM mosaic.changes_since(mosaic.token()) LIMIT 1 \gset
SELECT key, is_all, reason, reset, token IS NOT NULL AS token, lsn IS NOT NULL AS lsn, xmax IS NOT NULL AS xmax FROM mosaic.changes_since(:'start');
INSERT INTO users VALUES (1), (2);
INSERT INTO other VALUES (1);
SELECT rel, key, reset FROM mosaic.changes_since(:'start') ORDER BY key;
SELECT rel, key, reset FROM mosaic.changes_since(:'start', 'other') ORDER BY key;
SELECT key, token = :'start' AS same FROM mosaic.changes_since(:'start', 'nobody_speaks_here');
-- All rows of a page carry the same token, and it leads on.
SELECT count(DISTINCT token) FROM mosaic.changes_since(:'start');
SELECT token AS next FROM mosaic.changes_since(:'start') LIMIT 1 \gset
SELECT key FROM mosaic.changes_since(:'next');
INSERT INTO users VALUES (3);
SELECT key FROM mosaic.changes_since(:'next');

-- A reading transaction that rolls back loses nothing; it may be read only, or
-- have an old snapshot.
BEGIN;
SELECT key FROM mosaic.changes_since(:'next');
ROLLBACK;
SELECT key FROM mosaic.changes_since(:'next');
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SELECT key FROM mosaic.changes_since(:'next');
COMMIT;
-- A transaction does not hear itself before it commits.
BEGIN;
INSERT INTO users VALUES (4);
SELECT key FROM mosaic.changes_since(:'next');
SELECT token AS within FROM mosaic.changes_since(:'next') LIMIT 1 \gset
COMMIT;
SELECT key FROM mosaic.changes_since(:'within');

-- Tokens of other histories: flush everything; nonsense: an error.
SELECT mosaic.token() AS now \gset
SELECT reset, key, token LIKE split_part(:'now', ':', 1) || ':%' AS usable FROM mosaic.changes_since('deadbeef-1/1:3');
SELECT reset, key, token LIKE split_part(:'now', ':', 1) || ':%' AS usable FROM mosaic.changes_since(split_part(:'now', ':', 1) || ':999999');
SELECT reset, key, token LIKE split_part(:'now', ':', 1) || ':%' AS usable FROM mosaic.changes_since(:'now' || ':v2;something');
SELECT reset, key, token LIKE split_part(:'now', ':', 1) || ':%' AS usable FROM mosaic.changes_since(regexp_replace(:'now', '/\d+', '/9'));
SELECT mosaic.changes_since('nonsense');
SELECT mosaic.changes_since('');
SELECT mosaic.changes_since(NULL);
SELECT mosaic.changes_since(:'now', max_ticks => 0);

-- Who may read.
CREATE ROLE regress_ch_reader;
CREATE ROLE regress_ch_member IN ROLE regress_ch_reader;
GRANT USAGE ON SCHEMA ch TO regress_ch_reader;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA ch TO regress_ch_reader;
SET ROLE regress_ch_member;
SELECT count(*) FROM mosaic.changes_since(:'start');
SELECT count(*) FROM mosaic.changes_since(:'start', 'other');
SELECT count(*) FROM mosaic.outbox;
SELECT count(*) FROM mosaic.tick;
SELECT hash_secret FROM mosaic.invalidation_state;
SELECT mosaic.tick();
SELECT mosaic.ack('me', :'start');
SELECT mosaic.invalidate('{a}');
SET mosaic.invalidation_enabled = off;
INSERT INTO mosaic.channel_acl VALUES ('other', 'regress_ch_reader');
SELECT ticker_pid IS NULL OR ticker_pid > 0 AS status FROM mosaic.invalidation_status();
-- Writing needs no right of ours.
INSERT INTO users VALUES (7);
INSERT INTO other VALUES (7);
RESET ROLE;
INSERT INTO mosaic.channel_acl VALUES ('other', 'regress_ch_reader');
SET ROLE regress_ch_member;
SELECT key FROM mosaic.changes_since(:'start');
SELECT key FROM mosaic.changes_since(:'start', 'other');
SELECT count(*) FROM mosaic.changes_since(:'start', 'cache_invalidation');
SELECT mosaic.ack('me', :'start');
RESET ROLE;
DELETE FROM mosaic.subscriber;
DELETE FROM mosaic.channel_acl;

-- Filling a cache: accepted only if no invalidation is as new as the data.
SELECT id, mosaic.fill_token() <= pg_snapshot_xmax(pg_current_snapshot()) AS token FROM users WHERE id = 1;
SELECT mosaic.fill_token() AS filled \gset
UPDATE users SET name = 'new' WHERE id = 1;
SELECT bool_or(xmax::text::bigint > :'filled'::text::bigint) AS reject FROM mosaic.changes_since(:'next') WHERE key = 'users:1';

-- Is a transaction here?
BEGIN;
INSERT INTO users VALUES (8);
SELECT pg_current_xact_id() AS xid \gset
COMMIT;
SELECT mosaic.replica_has(:'xid');
BEGIN;
INSERT INTO users VALUES (9);
SELECT pg_current_xact_id() AS xid \gset
ROLLBACK;
SELECT mosaic.replica_has(:'xid');
SELECT mosaic.replica_has((:'xid'::text::bigint + 1000000)::text::xid8);
SELECT mosaic.replica_has('3');
SELECT mosaic.wait_replica(pg_current_wal_lsn());
SELECT mosaic.wait_replica('FFFFFFFF/0');

-- Is this session one that hears?
SELECT mosaic.selftest('somewhere');

DROP SCHEMA ch CASCADE;
DROP OWNED BY regress_ch_reader;
DROP ROLE regress_ch_reader;
DROP ROLE regress_ch_member;
