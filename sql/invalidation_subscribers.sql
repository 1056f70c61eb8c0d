-- Whose position mosaic.ack() moves.
SET client_min_messages = warning;
CREATE ROLE regress_sub_owner;
CREATE ROLE regress_sub_member IN ROLE regress_sub_owner;
CREATE ROLE regress_sub_other;
INSERT INTO mosaic.channel_acl VALUES ('cache_invalidation', '-');
SELECT mosaic.token() AS first \gset
SELECT regexp_replace(:'first', '[0-9]+$', '') || split_part(:'first', ':', 2)::bigint + 7 AS later \gset
CREATE VIEW subscribers AS
SELECT name, owner, pos - split_part(mosaic.token(), ':', 2)::bigint AS ahead, token LIKE '%:' || pos AS same FROM mosaic.subscriber ORDER BY name;

-- The first one's,
SET ROLE regress_sub_owner;
SELECT mosaic.ack('cache', :'later');
RESET ROLE;
SELECT * FROM subscribers;
-- and nobody else's: neither forwards nor back.
SET ROLE regress_sub_other;
SELECT mosaic.ack('cache', :'first');
SELECT mosaic.ack('other', :'first');
-- The table is no way around.
UPDATE mosaic.subscriber SET owner = 'regress_sub_other';
DELETE FROM mosaic.subscriber;
RESET ROLE;
SELECT * FROM subscribers;

-- A member speaks for the role, and the name stays the role's.
SET ROLE regress_sub_member;
SELECT mosaic.ack('cache', :'first');
SELECT mosaic.ack('other', :'later');
RESET ROLE;
SELECT * FROM subscribers;
-- The role does not speak for its members.
SET ROLE regress_sub_member;
SELECT mosaic.ack('mine', :'first');
SET ROLE regress_sub_owner;
SELECT mosaic.ack('mine', :'later');
RESET ROLE;
-- A superuser for everybody.
SELECT mosaic.ack('cache', :'later');
SELECT * FROM subscribers;

-- A role that is gone leaves its name to nobody.
DROP ROLE regress_sub_member, regress_sub_owner;
SET ROLE regress_sub_other;
SELECT mosaic.ack('cache', :'first');
RESET ROLE;
SELECT mosaic.ack('cache', :'first');
UPDATE mosaic.subscriber SET owner = 'regress_sub_other' WHERE name = 'cache';
DELETE FROM mosaic.subscriber WHERE name = 'mine';
SET ROLE regress_sub_other;
SELECT mosaic.ack('cache', :'later'), mosaic.ack('mine', :'first');
RESET ROLE;
SELECT * FROM subscribers;

DROP VIEW subscribers;
DELETE FROM mosaic.subscriber;
DELETE FROM mosaic.channel_acl;
DROP ROLE regress_sub_other;
