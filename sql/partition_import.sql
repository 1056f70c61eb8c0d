-- mosaic.import_partman(): what the settings of pg_partman 5 become.  The
-- extension itself is not needed: its tables are made here as version 5.4
-- defines them, for partitions as it makes them.  Sets that the real one has
-- made and filled are in test/t/017_partition_import.pl.
CREATE SCHEMA partition_import;
SET search_path = partition_import;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET client_min_messages = warning;
CREATE ROLE partition_import_owner;
CREATE ROLE partition_import_other;
GRANT USAGE ON SCHEMA partition_import TO partition_import_owner, partition_import_other;

-- Not installed.
\set VERBOSITY default
SELECT mosaic.import_partman();
SELECT mosaic.import_partman(disable => NULL);
\set VERBOSITY terse

CREATE TABLE part_config (
	parent_table text PRIMARY KEY, control text NOT NULL, time_encoder text, time_decoder text, partition_interval text NOT NULL,
	partition_type text NOT NULL CHECK (partition_type IN ('range', 'list')), premake int NOT NULL DEFAULT 4 CHECK (premake > 0),
	automatic_maintenance text NOT NULL DEFAULT 'on' CHECK (automatic_maintenance IN ('on', 'off')), template_table text, retention text,
	retention_schema text CHECK (retention_schema <> ''), retention_keep_index boolean NOT NULL DEFAULT true,
	retention_keep_table boolean NOT NULL DEFAULT true,
	epoch text NOT NULL DEFAULT 'none' CHECK (epoch IN ('none', 'seconds', 'milliseconds', 'microseconds', 'nanoseconds')),
	constraint_cols text[], optimize_constraint int NOT NULL DEFAULT 30, infinite_time_partitions boolean NOT NULL DEFAULT false,
	datetime_string text, jobmon boolean NOT NULL DEFAULT true, sub_partition_set_full boolean NOT NULL DEFAULT false,
	undo_in_progress boolean NOT NULL DEFAULT false, inherit_privileges boolean DEFAULT false, constraint_valid boolean NOT NULL DEFAULT true,
	ignore_default_data boolean NOT NULL DEFAULT true, date_trunc_interval text, maintenance_order int,
	retention_keep_publication boolean NOT NULL DEFAULT false, maintenance_last_run timestamptz, async_partitioning_in_progress text
);
CREATE TABLE part_config_sub (
	sub_parent text PRIMARY KEY REFERENCES part_config DEFERRABLE INITIALLY DEFERRED, sub_control text NOT NULL, sub_time_encoder text,
	sub_time_decoder text, sub_partition_interval text NOT NULL, sub_partition_type text NOT NULL, sub_premake int NOT NULL DEFAULT 4,
	sub_automatic_maintenance text NOT NULL DEFAULT 'on', sub_template_table text, sub_retention text, sub_retention_schema text,
	sub_retention_keep_index boolean NOT NULL DEFAULT true, sub_retention_keep_table boolean NOT NULL DEFAULT true,
	sub_epoch text NOT NULL DEFAULT 'none', sub_constraint_cols text[], sub_optimize_constraint int NOT NULL DEFAULT 30,
	sub_infinite_time_partitions boolean NOT NULL DEFAULT false, sub_jobmon boolean NOT NULL DEFAULT true,
	sub_inherit_privileges boolean DEFAULT false, sub_constraint_valid boolean NOT NULL DEFAULT true,
	sub_ignore_default_data boolean NOT NULL DEFAULT true, sub_default_table boolean DEFAULT true, sub_date_trunc_interval text,
	sub_maintenance_order int, sub_retention_keep_publication boolean NOT NULL DEFAULT false, sub_control_not_null boolean DEFAULT true
);
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
	SELECT 999999, 'pg_partman', '10', 'partition_import'::regnamespace, false, '5.4.0';
-- A table that merely has the name is not the extension's.
SELECT mosaic.import_partman();
ALTER EXTENSION pg_partman ADD TABLE part_config;
ALTER EXTENSION pg_partman ADD TABLE part_config_sub;
SELECT * FROM mosaic.import_partman();

-- Every setting of a set by time; the session has another zone than the
-- partitions were made in.
CREATE TABLE events (at timestamptz NOT NULL, id bigint NOT NULL, region text) PARTITION BY RANGE (at);
CREATE TABLE events_p20240101 PARTITION OF events FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00');
CREATE TABLE events_p20240201 PARTITION OF events FOR VALUES FROM ('2024-02-01 00:00+00') TO ('2024-03-01 00:00+00');
CREATE TABLE events_default PARTITION OF events DEFAULT;
CREATE TABLE template_events (LIKE events) WITH (fillfactor = 70);
ALTER TABLE template_events SET (toast.autovacuum_enabled = false);
CREATE UNIQUE INDEX template_events_id ON template_events (id);
CREATE INDEX template_events_region ON template_events (region);
CREATE INDEX ON events (region);
CREATE SCHEMA partition_attic;
INSERT INTO part_config (parent_table, control, partition_interval, partition_type, premake, retention, retention_schema, retention_keep_index,
		infinite_time_partitions, datetime_string, template_table, inherit_privileges, constraint_cols, date_trunc_interval, maintenance_order,
		retention_keep_publication)
	VALUES ('partition_import.events', 'at', '1 mon', 'range', 3, '12 months', 'partition_attic', false, true, 'YYYYMMDD',
		'partition_import.template_events', true, '{id}', 'month', 2, true);
SET TimeZone = 'Asia/Kolkata';
SELECT * FROM mosaic.import_partman('events');
SET TimeZone = 'UTC';
CREATE VIEW imported AS SELECT parent::text, strategy, partition_interval, premake, start_at, key_format, time_zone, default_partition, retention, retention_action,
	retention_schema, create_paused, retain_paused, name_pattern, table_options, inherit_privileges, lists, auto_lists FROM mosaic.partition_set;
\x on
SELECT * FROM imported WHERE parent = 'events';
\x off
SELECT action, partition, lower_bound, upper_bound FROM mosaic.plan('events', '2024-02-15 00:00+00');
SELECT automatic_maintenance FROM part_config;
-- Once more: refused, and left to us all the same.
SELECT * FROM mosaic.import_partman('events', disable => true);
SELECT automatic_maintenance FROM part_config;
SELECT * FROM mosaic.import_partman('events', disable => true);

-- Where boundaries lie: a weekly set that began on a Friday, quarters from
-- February, days of a zone that no session has, ids with an offset.
CREATE FUNCTION partman_set(name text, control text, width text, kind text DEFAULT 'range') RETURNS void LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO part_config (parent_table, control, partition_interval, partition_type) VALUES ('partition_import.' || name, control, width, kind);
END;
CREATE TABLE weekly (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE weekly_p20240105 PARTITION OF weekly FOR VALUES FROM ('2024-01-05 00:00+00') TO ('2024-01-12 00:00+00');
CREATE TABLE weekly_p20240112 PARTITION OF weekly FOR VALUES FROM ('2024-01-12 00:00+00') TO ('2024-01-19 00:00+00');
CREATE TABLE quarters (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE quarters_p20240201 PARTITION OF quarters FOR VALUES FROM ('2024-02-01') TO ('2024-05-01');
CREATE TABLE tokyo (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE tokyo_p20240101 PARTITION OF tokyo FOR VALUES FROM ('2024-01-01 15:00+00') TO ('2024-01-02 15:00+00');
CREATE TABLE mixed (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE mixed_p20240101 PARTITION OF mixed FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-01-02 12:00+00');
CREATE TABLE shifted (id bigint NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE shifted_p5 PARTITION OF shifted FOR VALUES FROM (5) TO (15);
CREATE TABLE shifted_p15 PARTITION OF shifted FOR VALUES FROM (15) TO (25);
INSERT INTO shifted VALUES (16);
CREATE TABLE late (id bigint NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE late_p3000000000 PARTITION OF late FOR VALUES FROM (3000000000) TO (3000000010);
CREATE TABLE fresh (id integer NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE fresh_p0 PARTITION OF fresh FOR VALUES FROM (0) TO (10);
CREATE TABLE coming (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE coming_p99990101 PARTITION OF coming FOR VALUES FROM ('9999-01-01 00:00+00') TO ('9999-01-02 00:00+00');
CREATE TABLE empty (at date NOT NULL) PARTITION BY RANGE (at);
SELECT partman_set(name, control, width) FROM (VALUES ('weekly', 'at', '7 days'), ('quarters', 'at', '3 mons'), ('tokyo', 'at', '1 day'), ('mixed', 'at', '1 day 12:00:00'),
	('shifted', 'id', '10'), ('late', 'id', '10'), ('fresh', 'id', '10'), ('coming', 'at', '1 day'), ('empty', 'at', '1 mon')) s(name, control, width);
SELECT parent, setting, value, detail FROM mosaic.import_partman() WHERE setting = 'partition_interval';
SELECT parent, start_at, time_zone FROM imported WHERE parent <> 'events' ORDER BY 1;
-- New partitions follow the last ones without one of odd width.
SELECT p.parent, p.action, p.partition, p.lower_bound, p.upper_bound
FROM (VALUES ('weekly', '2024-01-13 00:00+00'), ('quarters', '2024-03-01 00:00+00'), ('tokyo', '2024-01-02 00:00+00'), ('mixed', '2024-01-02 00:00+00'),
	('shifted', now()), ('late', now()), ('fresh', now()), ('coming', now()), ('empty', '2024-03-10 00:00+00')) s(name, at), mosaic.plan(s.name::regclass, s.at::timestamptz) p
WHERE p.step <= 2;

-- Times in other types.
CREATE TABLE epoch_s (id integer NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE epoch_s_p PARTITION OF epoch_s FOR VALUES FROM (1704067200) TO (1704153600);
CREATE TABLE epoch_us (id bigint NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE epoch_us_p PARTITION OF epoch_us FOR VALUES FROM (1704067200000000) TO (1704153600000000);
CREATE TABLE uuids (id uuid NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE uuids_p PARTITION OF uuids FOR VALUES FROM ('018cc251-f400-0000-0000-000000000000') TO ('018cc778-5000-0000-0000-000000000000');
CREATE TABLE ulids (id text COLLATE "C" NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE ulids_p PARTITION OF ulids FOR VALUES FROM ('01HK153X00') TO ('01HK3QGM00');
CREATE TABLE own_ids (id text COLLATE "C" NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE own_ids_p PARTITION OF own_ids FOR VALUES FROM ('2024-01-01') TO ('2024-01-02');
SELECT partman_set(name, 'id', '1 day') FROM unnest('{epoch_s,epoch_us,uuids,ulids,own_ids}'::text[]) name;
UPDATE part_config SET epoch = 'seconds' WHERE parent_table ~ 'epoch_s';
UPDATE part_config SET epoch = 'microseconds' WHERE parent_table ~ 'epoch_us';
UPDATE part_config SET time_encoder = 'partition_import.encode', time_decoder = 'partition_import.decode' WHERE parent_table ~ 'uuids|ulids|own_ids';
SELECT parent, setting, value, outcome, detail FROM mosaic.import_partman() WHERE setting IN ('epoch', 'time_encoder') OR outcome = 'refused' AND parent IS DISTINCT FROM 'events'::regclass AND detail !~ 'already';
SELECT parent, key_format, start_at FROM imported WHERE key_format <> 'native' ORDER BY 1;
SELECT lower_bound, upper_bound FROM mosaic.plan('uuids', '2024-01-01 12:00+00') LIMIT 1;

-- Lists of one value.
CREATE TABLE lists (id integer) PARTITION BY LIST (id);
CREATE TABLE lists_p0 PARTITION OF lists FOR VALUES IN (0);
CREATE TABLE lists_p1 PARTITION OF lists FOR VALUES IN (1);
CREATE TABLE own_name PARTITION OF lists FOR VALUES IN (NULL, 7);
SELECT partman_set('lists', 'id', '1', 'list');
UPDATE part_config SET retention = '4' WHERE parent_table ~ 'lists';
SELECT setting, value, outcome, detail FROM mosaic.import_partman('lists');
SELECT lists, auto_lists, default_partition FROM imported WHERE parent = 'lists';
SELECT * FROM mosaic.plan('lists');

-- Retention never goes further than pg_partman's.
CREATE FUNCTION retain(name text, retention text, keep boolean, schema text DEFAULT NULL) RETURNS TABLE (setting text, value text, outcome text, detail text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE %I (at date NOT NULL) PARTITION BY RANGE (at)', name);
	EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (''2024-01-01'') TO (''2024-01-02'')', name || '_p', name);
	PERFORM partman_set(name, 'at', '1 day');
	UPDATE part_config SET retention = retain.retention, retention_keep_table = keep, retention_schema = schema WHERE parent_table = 'partition_import.' || name;
	RETURN QUERY SELECT i.setting, i.value, i.outcome, i.detail FROM mosaic.import_partman(name::regclass) i WHERE i.setting ~ 'retention';
	RETURN QUERY SELECT NULL, s.retention, s.retention_action, s.retention_schema FROM imported s WHERE s.parent = name;
END $$;
SELECT * FROM retain('kept', '90 days', true);
SELECT * FROM retain('dropped', '90 days', false);
SELECT * FROM retain('moved', '90 days', false, 'partition_attic');
SELECT * FROM retain('nowhere', '90 days', false, 'partition_no_such_schema');
SELECT * FROM retain('bare', '90', false);
SELECT * FROM retain('nonsense', 'a while', true);
SELECT * FROM retain('never', NULL, true);

-- Off, and settings that do not fit.
CREATE TABLE off (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE off_p PARTITION OF off FOR VALUES FROM ('2024-01-01') TO ('2024-01-02');
ALTER TABLE off ENABLE ROW LEVEL SECURITY;
SELECT partman_set('off', 'at', '1 day');
UPDATE part_config SET automatic_maintenance = 'off', inherit_privileges = true, premake = 20000, template_table = 'partition_import.gone' WHERE parent_table ~ 'off';
SELECT setting, value, outcome, detail FROM mosaic.import_partman('off');
SELECT premake, create_paused, retain_paused, inherit_privileges FROM imported WHERE parent = 'off';

-- Levels.
CREATE TABLE deep (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE deep_p0 PARTITION OF deep FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (at);
CREATE TABLE deep_p0_p20240101 PARTITION OF deep_p0 FOR VALUES FROM ('2024-01-01') TO ('2024-01-02');
CREATE TABLE deep_p10 PARTITION OF deep FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (at);
CREATE TABLE deep_p10_p20240101 PARTITION OF deep_p10 FOR VALUES FROM ('2024-01-01') TO ('2024-01-02');
CREATE TABLE deep_default PARTITION OF deep DEFAULT;
SELECT partman_set('deep', 'id', '10'), partman_set('deep_p0', 'at', '1 day'), partman_set('deep_p10', 'at', '1 day');
INSERT INTO part_config_sub (sub_parent, sub_control, sub_partition_interval, sub_partition_type, sub_premake, sub_retention)
	VALUES ('partition_import.deep', 'at', '1 day', 'range', 2, '30 days');
SELECT * FROM mosaic.import_partman('deep_p0');
SELECT * FROM mosaic.import_partman('deep', disable => true);
SELECT level, partition_by, partition_interval, premake, retention, retention_action FROM mosaic.partition_level WHERE parent = 'deep'::regclass;
SELECT parent_table, automatic_maintenance FROM part_config WHERE parent_table ~ 'deep' ORDER BY 1;
SELECT action, partition, lower_bound FROM mosaic.plan('deep', '2024-01-01 00:00+00');
-- What the tables of a level agree on holds, whatever part_config_sub says;
-- where they do not, nothing is retired.
SELECT mosaic.drop_parent('deep');
UPDATE part_config SET automatic_maintenance = 'on', retention = '60 days', retention_keep_table = false WHERE parent_table ~ 'deep_p';
SELECT setting, value, outcome, detail FROM mosaic.import_partman('deep') WHERE setting ~ 'retention';
SELECT retention, retention_action FROM mosaic.partition_level WHERE parent = 'deep'::regclass;
SELECT mosaic.drop_parent('deep');
UPDATE part_config SET retention = '1 day' WHERE parent_table ~ 'deep_p10';
SELECT setting, value, outcome, detail FROM mosaic.import_partman('deep') WHERE setting ~ 'retention';
SELECT retention FROM mosaic.partition_level WHERE parent = 'deep'::regclass;

-- What cannot be had; a named set is an error, among all it is a row.
CREATE TABLE twice (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE twice_p PARTITION OF twice FOR VALUES FROM ('2024-01-01') TO ('2024-02-01') PARTITION BY RANGE (at);
CREATE TABLE pair (a integer, b integer) PARTITION BY RANGE (a, b);
CREATE TABLE renamed (was integer NOT NULL) PARTITION BY RANGE (was);
ALTER TABLE renamed RENAME was TO now_is;
CREATE TABLE plain (at date NOT NULL);
CREATE TABLE moving (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE odd (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE beside (at date NOT NULL) PARTITION BY RANGE (at);
SELECT partman_set('twice', 'at', '1 month'), partman_set('twice_p', 'at', '1 day'), partman_set('pair', 'a', '10'), partman_set('renamed', 'was', '10'),
	partman_set('plain', 'at', '1 day'), partman_set('moving', 'at', '1 day'), partman_set('odd', 'at', 'seldom'), partman_set('gone', 'at', '1 day');
INSERT INTO part_config_sub (sub_parent, sub_control, sub_partition_interval, sub_partition_type) VALUES ('partition_import.twice', 'at', '1 day', 'range');
UPDATE part_config SET undo_in_progress = true WHERE parent_table ~ 'moving';
SELECT parent, value, detail FROM mosaic.import_partman() WHERE outcome = 'refused' AND detail !~ 'already' ORDER BY value;
SELECT count(*) FROM imported WHERE parent IN ('twice', 'pair', 'renamed', 'plain', 'moving', 'odd');
\set VERBOSITY default
SELECT mosaic.import_partman('renamed');
SELECT mosaic.import_partman('beside');
SELECT mosaic.import_partman(0);

-- Who may.
ALTER TABLE beside OWNER TO partition_import_owner;
SELECT partman_set('beside', 'at', '1 day');
SET ROLE partition_import_owner;
SELECT mosaic.import_partman('beside');
RESET ROLE;
GRANT SELECT ON part_config, part_config_sub TO partition_import_owner, partition_import_other;
SET ROLE partition_import_other;
SELECT mosaic.import_partman('beside');
SELECT value, outcome, detail FROM mosaic.import_partman() WHERE value = 'partition_import.beside';
SET ROLE partition_import_owner;
SELECT mosaic.import_partman('beside', disable => true);
SELECT count(*) FROM mosaic.partition_set;
SELECT setting, outcome FROM mosaic.import_partman('beside');
SELECT parent FROM mosaic.partition_set;
RESET ROLE;
\set VERBOSITY terse

-- Nothing was changed in any table, and nothing is left.
SELECT count(*) FROM pg_class WHERE relnamespace = 'partition_attic'::regnamespace;
DELETE FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND refobjid = 999999;
DELETE FROM pg_extension WHERE oid = 999999;
SELECT count(mosaic.drop_parent(parent)) FROM mosaic.partition_set WHERE parent::text !~ '\.';
DROP SCHEMA partition_import, partition_attic CASCADE;
DROP ROLE partition_import_owner, partition_import_other;
