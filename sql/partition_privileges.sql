-- Who may do what, and whose rights the work has.
CREATE SCHEMA partition_privileges;
CREATE ROLE partition_privileges_owner;
CREATE ROLE partition_privileges_member IN ROLE partition_privileges_owner;
CREATE ROLE partition_privileges_other;
CREATE ROLE partition_privileges_monitor IN ROLE pg_monitor;
GRANT USAGE, CREATE ON SCHEMA partition_privileges TO partition_privileges_owner, partition_privileges_other;
SET search_path = partition_privileges;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';

-- An owner without more rights uses all of it on his table.
SET ROLE partition_privileges_owner;
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT partition FROM mosaic.create_parent('events', '1 day', premake => 1, retention => '1 day', time_zone => 'UTC', reference_time => '2024-01-15 12:00+00');
SELECT parent, partition_interval FROM mosaic.partition_set;
UPDATE mosaic.partition_set SET premake = 2 WHERE parent = 'events'::regclass;
SELECT action, partition FROM mosaic.plan('events', '2024-01-17 12:00+00');
SELECT action, partition, outcome FROM mosaic.run_maintenance('events', '2024-01-17 12:00+00');
UPDATE mosaic.partition_set SET create_paused = true, retain_paused = true WHERE parent = 'events'::regclass;
CALL mosaic.maintain('events');
CALL mosaic.maintain();
UPDATE mosaic.partition_set SET create_paused = false, retain_paused = false WHERE parent = 'events'::regclass;
SELECT mosaic.confirm_retention('events');
SELECT count(*) FROM mosaic.partitions('events');
SELECT action, count(*) FROM mosaic.partition_log GROUP BY action ORDER BY action;
SELECT parent FROM mosaic.partition_status;
SELECT set FROM mosaic.partition_issues('2024-01-17 12:00+00');
-- But not the catalogs themselves.
\set VERBOSITY terse
INSERT INTO mosaic.partition_set (parent, time_zone) VALUES ('events', 'UTC');
DELETE FROM mosaic.partition_set;
UPDATE mosaic.partition_set SET key_format = 'epoch_s';
UPDATE mosaic.partition_set SET start_at = '2020-01-01';
DELETE FROM mosaic.partition_log;
INSERT INTO mosaic.retention_confirmed VALUES ('events');
-- A schema where the owner may not create is no place to move to.
UPDATE mosaic.partition_set SET retention_action = 'move', retention_schema = 'pg_catalog';
RESET ROLE;
-- A member of the owner's role is the owner.
SET ROLE partition_privileges_member;
SELECT count(*) FROM mosaic.partition_set;
SELECT partition, outcome FROM mosaic.run_maintenance('events', '2024-01-18 12:00+00') WHERE action = 'create';
SELECT tableowner FROM pg_tables WHERE tablename = 'events_p20240120';
RESET ROLE;

-- Somebody else's table.
SET ROLE partition_privileges_other;
SELECT mosaic.create_parent('events', '1 day');
SELECT mosaic.plan('events');
SELECT mosaic.run_maintenance('events');
CALL mosaic.maintain('events');
SELECT mosaic.confirm_retention('events');
SELECT mosaic.drop_parent('events');
SELECT count(*) FROM mosaic.partition_set;
SELECT count(*) FROM mosaic.partition_log;
SELECT count(*) FROM mosaic.partition_status;
SELECT count(*) FROM mosaic.partition_issues();
SELECT count(*) FROM mosaic.plan();
SELECT count(*) FROM mosaic.run_maintenance();
UPDATE mosaic.partition_set SET premake = 0;
RESET ROLE;
SELECT premake FROM mosaic.partition_set;

-- A monitor sees every set, without rights on any table, and changes none.
CREATE TABLE numbers (a integer, b integer) PARTITION BY RANGE ((a + b));
SELECT count(*) FROM mosaic.create_parent('numbers', '100');
INSERT INTO numbers VALUES (1, 2);
SELECT 'events'::regclass::oid AS events \gset
SET ROLE partition_privileges_monitor;
SELECT parent::text COLLATE "C", partitions, last_error FROM mosaic.partition_status ORDER BY parent;
SELECT count(*) FROM mosaic.partition_issues('2024-01-18 12:00+00') WHERE code = 'set_invalid';
SELECT count(*) > 0 FROM mosaic.partition_log;
UPDATE mosaic.partition_set SET premake = 0;
SELECT mosaic.plan(:events);
RESET ROLE;
SELECT premake FROM mosaic.partition_set WHERE parent = 'events'::regclass;
SELECT mosaic.drop_parent('numbers');
DROP TABLE numbers;

-- What a hostile owner has put on his table runs with his rights only, however
-- and by whomever maintenance is called.
SET ROLE partition_privileges_other;
CREATE TABLE deeds (who text, how text);
CREATE FUNCTION note(how text) RETURNS void LANGUAGE plpgsql AS
	$$ BEGIN INSERT INTO partition_privileges.deeds VALUES (current_user, how); END $$;
CREATE FUNCTION evil(how text, value integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
	$$ BEGIN PERFORM partition_privileges.note(how); RETURN value; END $$;
CREATE FUNCTION evil_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM partition_privileges.note('trigger'); RETURN NEW; END $$;
CREATE TABLE trap (k integer NOT NULL CHECK (evil('check', k) IS NOT NULL), d integer DEFAULT evil('default', 1)) PARTITION BY RANGE ((evil('key', k) + evil('constant', 0)));
CREATE INDEX ON trap (evil('index', k));
CREATE TRIGGER evil BEFORE INSERT ON trap FOR EACH ROW EXECUTE FUNCTION evil_row();
RESET ROLE;
\c -
SET search_path = partition_privileges;
SELECT partition FROM mosaic.create_parent('trap', '100', premake => 1, default_partition => true, retention => '100');
SET ROLE partition_privileges_other;
INSERT INTO trap (k) VALUES (5), (150), (1000);
RESET ROLE;
\c -
SET search_path = partition_privileges;
SELECT count(*) FROM mosaic.plan('trap');
SELECT count(*) FROM mosaic.partition_issues() WHERE code = 'set_invalid';
SELECT action, partition, outcome FROM mosaic.run_maintenance('trap');
CALL mosaic.maintain('trap');
SELECT how, who FROM deeds GROUP BY how, who ORDER BY how, who;
-- Planted names in his own schema are not found by the work.
SET ROLE partition_privileges_other;
CREATE FUNCTION max(integer) RETURNS integer LANGUAGE sql AS 'SELECT 7';
RESET ROLE;
SELECT count(*) FROM mosaic.plan('trap');
SELECT mosaic.drop_parent('trap');

-- A broken set stops no other, nor does one whose parent is gone.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ROLE partition_privileges_owner;
CREATE TABLE broken (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE gone (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT count(*) FROM mosaic.create_parent('broken', '1 day', premake => 0, time_zone => 'UTC', reference_time => '2024-01-18 12:00+00');
SELECT count(*) FROM mosaic.create_parent('gone', '1 day', premake => 0, time_zone => 'UTC', reference_time => '2024-01-18 12:00+00');
RESET ROLE;
CREATE SCHEMA partition_privileges_closed;
ALTER TABLE broken SET SCHEMA partition_privileges_closed;
SELECT 'gone'::regclass::oid AS gone \gset
DROP TABLE gone;
SET ROLE partition_privileges_owner;
CREATE TABLE gone (at timestamptz NOT NULL) PARTITION BY RANGE (at);
SELECT parent::text COLLATE "C" AS parent, action, partition, outcome, detail FROM mosaic.run_maintenance(reference_time => '2024-01-19 12:00+00') WHERE action <> 'drop' ORDER BY 1;
RESET ROLE;
SELECT parent::text COLLATE "C" AS parent, partitions, consecutive_failures, last_error FROM mosaic.partition_status WHERE parent <> :gone::regclass ORDER BY 1;
SELECT parent = :gone::regclass AS gone, partitions, last_error FROM mosaic.partition_status WHERE parent = :gone::regclass;
SELECT severity, code, replace(detail, :'gone', 'N') AS detail, replace(hint, :'gone', 'N') AS hint FROM mosaic.partition_issues('2024-01-19 12:00+00') WHERE code = 'parent_missing';
-- What took the name is not the set; the owner of the extension forgets what is left.
SELECT count(*) FROM mosaic.partition_set WHERE parent = 'gone'::regclass;
UPDATE mosaic.partition_set SET premake = 1 WHERE parent = 'events'::regclass;
SET ROLE partition_privileges_owner;
\set VERBOSITY sqlstate
SELECT mosaic.drop_parent(:gone);
RESET ROLE;
SELECT mosaic.drop_parent(:gone);
SELECT mosaic.drop_parent('partition_privileges_closed.broken');
SELECT mosaic.drop_parent('events');
SELECT count(*) FROM mosaic.partition_set;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA partition_privileges, partition_privileges_closed CASCADE;
DROP ROLE partition_privileges_member, partition_privileges_owner, partition_privileges_other, partition_privileges_monitor;
