-- A watch on a partitioned table covers its partitions, whatever way they are
-- written to, and those that come later; events name the root.
\getenv abs_srcdir PG_ABS_SRCDIR
\set heard :abs_srcdir '/test/sql/heard.sql'
\set QUIET on
\i :heard
\set QUIET off

CREATE SCHEMA ip;
SET search_path = ip, public;
CREATE TABLE events (day date NOT NULL, id bigint NOT NULL, note text, PRIMARY KEY (day, id)) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
-- A leaf whose columns lie elsewhere, with a hole before the key.
CREATE TABLE events_2 (hole int, note text, id bigint NOT NULL, day date NOT NULL);
ALTER TABLE events_2 DROP COLUMN hole;
ALTER TABLE events ATTACH PARTITION events_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
-- A level more.
CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM ('2026-03-01') TO ('2026-04-01') PARTITION BY HASH (id);
CREATE TABLE events_3_0 PARTITION OF events_3 FOR VALUES WITH (MODULUS 1, REMAINDER 0);

SELECT mosaic.watch('events', ARRAY['event:{day}:{id}']) AS id \gset
SELECT tgrelid::regclass, count(*) FROM pg_trigger WHERE tgname LIKE 'zz_mosaic_%' GROUP BY 1 ORDER BY 1;
SELECT * FROM heard();

-- Through the root and on the leaf: the same.
INSERT INTO events VALUES ('2026-01-05', 1), ('2026-02-05', 2), ('2026-03-05', 3);
SELECT rel, key FROM heard() ORDER BY key COLLATE "C";
INSERT INTO events_1 (day, id) VALUES ('2026-01-06', 4);
INSERT INTO events_2 (day, id) VALUES ('2026-02-06', 5);
INSERT INTO events_3_0 (day, id) VALUES ('2026-03-06', 6);
SELECT rel, key FROM heard() ORDER BY key COLLATE "C";
UPDATE events SET note = 'x' WHERE id = 2;
UPDATE events_3 SET note = 'x' WHERE id = 3;
DELETE FROM events_2 WHERE id = 5;
SELECT rel, key FROM heard() ORDER BY key COLLATE "C";

-- A row that moves is deleted there and inserted here.
UPDATE events SET day = '2026-02-07' WHERE id = 1;
SELECT rel, key FROM heard() ORDER BY key COLLATE "C";
-- Where the key does not tell partitions apart, it is one key.
SELECT mosaic.watch('events', ARRAY['id:{id}'], channel => 'ids') AS ids \gset
UPDATE events SET day = '2026-01-07' WHERE id = 1;
SELECT rel, key FROM heard() ORDER BY key COLLATE "C";
SELECT mosaic.unwatch(:ids);

-- TRUNCATE of a leaf, of a branch, of the root.
TRUNCATE events_1;
SELECT * FROM heard();
TRUNCATE events_3;
SELECT * FROM heard();
TRUNCATE events;
SELECT * FROM heard();

-- A partition made later needs no second watch, and is no change by itself.
CREATE TABLE events_4 PARTITION OF events FOR VALUES FROM ('2026-04-01') TO ('2026-05-01');
SELECT * FROM heard();
INSERT INTO events_4 (day, id) VALUES ('2026-04-05', 7);
SELECT rel, key FROM heard();
TRUNCATE events_4;
SELECT * FROM heard();
CREATE TABLE events_5 PARTITION OF events FOR VALUES FROM ('2026-05-01') TO ('2026-06-01') PARTITION BY HASH (id);
CREATE TABLE events_5_0 PARTITION OF events_5 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
TRUNCATE events_5_0;
SELECT * FROM heard();

-- Attached empty, as maintenance does it: nothing.  Attached with rows: all.
CREATE TABLE events_6 (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_6 FOR VALUES FROM ('2026-06-01') TO ('2026-07-01');
SELECT * FROM heard();
CREATE TABLE events_7 (LIKE events INCLUDING ALL);
INSERT INTO events_7 VALUES ('2026-07-05', 8);
ALTER TABLE events ATTACH PARTITION events_7 FOR VALUES FROM ('2026-07-01') TO ('2026-08-01');
SELECT * FROM heard();
-- Detached: all, and from then on nothing.
ALTER TABLE events DETACH PARTITION events_7;
SELECT * FROM heard();
INSERT INTO events_7 VALUES ('2026-07-06', 9);
TRUNCATE events_7;
SELECT * FROM heard();
SELECT tgname FROM pg_trigger WHERE tgrelid = 'events_7'::regclass;
ALTER TABLE events DETACH PARTITION events_6 CONCURRENTLY;
SELECT * FROM heard();
SELECT tgname FROM pg_trigger WHERE tgrelid = 'events_6'::regclass;
-- Dropped with rows.
INSERT INTO events_4 (day, id) VALUES ('2026-04-05', 7);
SELECT count(*) FROM heard();
DROP TABLE events_4;
SELECT * FROM heard();
SELECT * FROM mosaic.check_watches();

-- Partitions of another owner.
CREATE ROLE regress_ip_owner;
CREATE ROLE regress_ip_other;
GRANT ALL ON SCHEMA ip TO regress_ip_owner, regress_ip_other;
CREATE TABLE shared (id int PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE shared_0 PARTITION OF shared FOR VALUES WITH (MODULUS 2, REMAINDER 0);
ALTER TABLE shared OWNER TO regress_ip_owner;
ALTER TABLE shared_0 OWNER TO regress_ip_other;
-- (the server clones row triggers only where the root's owner may create them)
GRANT TRIGGER ON shared_0 TO regress_ip_owner;
SET ROLE regress_ip_owner;
SELECT mosaic.watch('shared') AS shared \gset
CREATE TABLE shared_1 PARTITION OF shared FOR VALUES WITH (MODULUS 2, REMAINDER 1);
RESET ROLE;
SET ROLE regress_ip_other;
TRUNCATE shared_0;
RESET ROLE;
SELECT * FROM heard();
SELECT * FROM mosaic.check_watches();
SET ROLE regress_ip_owner;
SELECT mosaic.unwatch(:shared);
RESET ROLE;
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'zz_mosaic_' || :shared || '_%';

-- A watch on one leaf alone goes by its name.
SELECT mosaic.watch('events_2', ARRAY['leaf:{id}'], channel => 'leaf') AS leaf \gset
INSERT INTO events VALUES ('2026-02-20', 20);
SELECT rel, key FROM heard() ORDER BY key COLLATE "C";
-- Always-on triggers reach partitions, old and new.
SELECT mosaic.unwatch(:id);
SELECT mosaic.watch('events', ARRAY['event:{id}'], always => true) AS id \gset
CREATE TABLE events_8 PARTITION OF events FOR VALUES FROM ('2026-08-01') TO ('2026-09-01');
SELECT tgrelid::regclass, tgenabled, count(*) FROM pg_trigger WHERE tgname LIKE 'zz_mosaic_' || :id || '_%' GROUP BY 1, 2 ORDER BY 1;
SELECT * FROM mosaic.check_watches();

DROP SCHEMA ip CASCADE;
SELECT count(*) AS watches FROM mosaic.watch;
DROP FUNCTION heard();
DROP ROLE regress_ip_owner;
DROP ROLE regress_ip_other;
