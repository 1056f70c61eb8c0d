-- Sets: managed parents and how they are to be kept.

CREATE TABLE mosaic.partition_set (
	parent               regclass PRIMARY KEY,
	strategy             text     NOT NULL DEFAULT 'range',
	partition_interval   text,
	premake              integer  NOT NULL DEFAULT 4,
	start_at             text,
	key_format           text     NOT NULL DEFAULT 'native',
	time_zone            text     NOT NULL,
	default_partition    boolean  NOT NULL DEFAULT false,
	retention            text,
	retention_action     text     NOT NULL DEFAULT 'drop',
	retention_schema     text,
	retention_tablespace text,
	retain_partitions    integer,
	retain_bytes         bigint,
	cooldown             interval NOT NULL DEFAULT '0',
	archive_callback     text,
	archive_format       text     NOT NULL DEFAULT 'csv',
	archive_compression  text     NOT NULL DEFAULT 'none',
	create_paused        boolean  NOT NULL DEFAULT false,
	retain_paused        boolean  NOT NULL DEFAULT false,
	name_pattern         text     NOT NULL DEFAULT '{parent}_p{bound}',
	table_options        text[],
	inherit_privileges   boolean  NOT NULL DEFAULT false,
	lists                jsonb,
	modulus              integer,
	auto_lists           boolean  NOT NULL DEFAULT false,
	drain_default        boolean  NOT NULL DEFAULT false
);
COMMENT ON TABLE mosaic.partition_set IS 'One row a managed parent. Made by mosaic.create_parent(), forgotten by mosaic.drop_parent(), changed by UPDATE. A role sees and changes the sets whose parent it owns.';
COMMENT ON COLUMN mosaic.partition_set.parent IS 'The partitioned table';
COMMENT ON COLUMN mosaic.partition_set.strategy IS 'How the parent is partitioned: range, list or hash';
COMMENT ON COLUMN mosaic.partition_set.partition_interval IS 'Width of a new partition: an interval such as ''1 month'' or ''daily'', or a number for numeric keys. A change applies to partitions not yet made.';
COMMENT ON COLUMN mosaic.partition_set.premake IS 'Whole intervals kept ready after the one that holds now, or the largest key';
COMMENT ON COLUMN mosaic.partition_set.start_at IS 'Exact first bound, from which boundaries are counted; NULL: the calendar''s, or 0 for numbers';
COMMENT ON COLUMN mosaic.partition_set.key_format IS 'What the key holds: native, or a time as epoch_s, epoch_ms, epoch_us, epoch_ns, uuidv7, ulid or snowflake';
COMMENT ON COLUMN mosaic.partition_set.time_zone IS 'IANA zone in which days and months are counted';
COMMENT ON COLUMN mosaic.partition_set.default_partition IS 'Whether the set was asked to have a default partition';
COMMENT ON COLUMN mosaic.partition_set.retention IS 'Age of a partition''s upper bound from which it is retired, or a key distance; NULL: never by age';
COMMENT ON COLUMN mosaic.partition_set.retention_action IS 'What retiring means: drop, detach, move (into retention_schema and/or retention_tablespace), or archive (into a file in mosaic.archive_directory or by archive_callback, verified, and then drop)';
COMMENT ON COLUMN mosaic.partition_set.retention_schema IS 'Schema that retired partitions are moved to (retention_action move)';
COMMENT ON COLUMN mosaic.partition_set.retention_tablespace IS 'Tablespace that retired partitions are moved to (retention_action move)';
COMMENT ON COLUMN mosaic.partition_set.retain_partitions IS 'Number of newest partitions, not counting those wholly in the future, that are never retired; alone it retires the others';
COMMENT ON COLUMN mosaic.partition_set.retain_bytes IS 'Bytes, with indexes and TOAST, that all partitions together may have: beyond that the oldest are retired until the rest fits; with other criteria, only where those agree';
COMMENT ON COLUMN mosaic.partition_set.cooldown IS 'Time that a partition stays there, detached, before it is dropped (retention_action drop and archive); 0: dropped at once';
COMMENT ON COLUMN mosaic.partition_set.archive_callback IS 'Function(jsonb) returning jsonb, with its schema, that archives a partition (retention_action archive); NULL: into a file';
COMMENT ON COLUMN mosaic.partition_set.archive_format IS 'Format of archive files: csv or binary';
COMMENT ON COLUMN mosaic.partition_set.archive_compression IS 'Compression of archive files: none or gzip';
COMMENT ON COLUMN mosaic.partition_set.create_paused IS 'No partitions are made while true';
COMMENT ON COLUMN mosaic.partition_set.retain_paused IS 'No partitions are retired while true';
COMMENT ON COLUMN mosaic.partition_set.name_pattern IS 'Name of a new partition: {parent} is the parent''s name, {bound} the lower bound (20260101, 20260101_093000, 5000, m3000), the list, or the remainder';
COMMENT ON COLUMN mosaic.partition_set.table_options IS 'Storage options of new partitions, such as {fillfactor=70,toast.autovacuum_enabled=false}; NULL: those of the newest partition';
COMMENT ON COLUMN mosaic.partition_set.inherit_privileges IS 'Whether new partitions get the parent''s grants';
COMMENT ON COLUMN mosaic.partition_set.lists IS 'LIST: the keys of each list; changed by mosaic.list_assign()';
COMMENT ON COLUMN mosaic.partition_set.modulus IS 'HASH: the number of remainders over which new partitions divide the rows';
COMMENT ON COLUMN mosaic.partition_set.auto_lists IS 'LIST: whether a value that no list takes gets a list and a partition of its own once a row with it has been refused (library preloaded)';

COMMENT ON COLUMN mosaic.partition_set.drain_default IS 'Whether maintenance moves rows of the default partition into partitions of their own, as mosaic.drain_default() does';

-- A set whose parent is gone would keep all the others from being restored.
SELECT pg_catalog.pg_extension_config_dump('mosaic.partition_set', 'WHERE parent IN (SELECT oid FROM pg_catalog.pg_class)');

-- Does the current role own the relation?  Row security asks this.
CREATE FUNCTION mosaic.owns(relation regclass) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = relation AND pg_catalog.pg_has_role(c.relowner, 'USAGE'));
COMMENT ON FUNCTION mosaic.owns(regclass) IS 'Whether the current role owns the relation or is a member of the role that does';

ALTER TABLE mosaic.partition_set ENABLE ROW LEVEL SECURITY;
CREATE POLICY owner ON mosaic.partition_set TO PUBLIC USING (mosaic.owns(parent));
CREATE POLICY monitor ON mosaic.partition_set FOR SELECT TO pg_monitor USING (true);
GRANT SELECT ON mosaic.partition_set TO PUBLIC;
-- What identifies a set is not for UPDATE: drop_parent() and create_parent().
GRANT UPDATE (partition_interval, premake, time_zone, retention, retention_action, retention_schema, retention_tablespace,
	retain_partitions, retain_bytes, cooldown, archive_callback, archive_format, archive_compression,
	create_paused, retain_paused, name_pattern, table_options, inherit_privileges, auto_lists, drain_default)
	ON mosaic.partition_set TO PUBLIC;

CREATE FUNCTION mosaic.validate_partition_set() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'mosaic_validate_partition_set';
COMMENT ON FUNCTION mosaic.validate_partition_set() IS 'Trigger function: holds a row of mosaic.partition_set against the rules of mosaic.create_parent()';
CREATE TRIGGER validate BEFORE INSERT OR UPDATE ON mosaic.partition_set
	FOR EACH ROW EXECUTE FUNCTION mosaic.validate_partition_set();

CREATE FUNCTION mosaic.validate_partition_level() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'mosaic_validate_partition_level';
COMMENT ON FUNCTION mosaic.validate_partition_level() IS 'Trigger function: holds a row of mosaic.partition_level against the rules of mosaic.create_sub_parent()';

-- Levels: how the partitions of a parent are themselves partitioned.

CREATE TABLE mosaic.partition_level (
	LIKE mosaic.partition_set INCLUDING DEFAULTS INCLUDING COMMENTS,
	level        integer NOT NULL CHECK (level >= 2),
	partition_by text    NOT NULL,
	PRIMARY KEY (parent, level)
);
COMMENT ON TABLE mosaic.partition_level IS 'One row a further level of a set: how the partitions of the level above are partitioned and kept. Made by mosaic.create_sub_parent(), changed by UPDATE; holds for partitions made before and after alike.';
COMMENT ON COLUMN mosaic.partition_level.parent IS 'The parent of the whole set';
COMMENT ON COLUMN mosaic.partition_level.level IS '2 for the partitions of the parent''s partitions, 3 for theirs, and so on';
COMMENT ON COLUMN mosaic.partition_level.partition_by IS 'What follows PARTITION BY, such as HASH (tenant_id)';
SELECT pg_catalog.pg_extension_config_dump('mosaic.partition_level', '');
ALTER TABLE mosaic.partition_level ENABLE ROW LEVEL SECURITY;
CREATE POLICY owner ON mosaic.partition_level TO PUBLIC USING (mosaic.owns(parent));
CREATE POLICY monitor ON mosaic.partition_level FOR SELECT TO pg_monitor USING (true);
GRANT SELECT ON mosaic.partition_level TO PUBLIC;
GRANT UPDATE (partition_interval, premake, time_zone, retention, retention_action, retention_schema, retention_tablespace,
	retain_partitions, retain_bytes, cooldown, archive_callback, archive_format, archive_compression,
	create_paused, retain_paused, name_pattern, table_options, inherit_privileges, auto_lists, drain_default)
	ON mosaic.partition_level TO PUBLIC;
CREATE TRIGGER validate BEFORE UPDATE ON mosaic.partition_level
	FOR EACH ROW EXECUTE FUNCTION mosaic.validate_partition_level();

-- What maintenance did.

CREATE TABLE mosaic.partition_log (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at          timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	parent      regclass NOT NULL,
	action      text NOT NULL,
	partition   text,
	lower_bound text,
	upper_bound text,
	outcome     text NOT NULL,
	lock_tries  integer NOT NULL DEFAULT 0,
	duration    interval,
	sqlstate    text,
	detail      text,
	command     text,
	pid         integer NOT NULL DEFAULT pg_catalog.pg_backend_pid()
);
CREATE INDEX partition_log_at ON mosaic.partition_log (at);
CREATE INDEX partition_log_parent ON mosaic.partition_log (parent, at); -- the last one of a set
COMMENT ON TABLE mosaic.partition_log IS 'One row a step of maintenance, kept mosaic.log_days days. A role sees the steps of the parents it owns.';
COMMENT ON COLUMN mosaic.partition_log.id IS 'Counts up: steps have the order of their numbers';
COMMENT ON COLUMN mosaic.partition_log.at IS 'When the step was written down, at its end';
COMMENT ON COLUMN mosaic.partition_log.parent IS 'The parent of the set';
COMMENT ON COLUMN mosaic.partition_log.action IS 'create, create_default, block, archive, drop, detach, move, finalize (of a concurrent detach that somebody broke off), release (writes are let in again) or restore';
COMMENT ON COLUMN mosaic.partition_log.partition IS 'Name of the partition, which may be gone';
COMMENT ON COLUMN mosaic.partition_log.lower_bound IS 'Lower bound of the partition, inclusive; of a list its keys, of a hash partition remainder and modulus';
COMMENT ON COLUMN mosaic.partition_log.upper_bound IS 'Upper bound of the partition, exclusive';
COMMENT ON COLUMN mosaic.partition_log.outcome IS 'done, deferred (a lock did not come within mosaic.lock_budget), unfinished (archive_callback is to be called again) or failed';
COMMENT ON COLUMN mosaic.partition_log.lock_tries IS 'How often the locks of the step were asked for';
COMMENT ON COLUMN mosaic.partition_log.duration IS 'Time that the step took from its first statement on';
COMMENT ON COLUMN mosaic.partition_log.sqlstate IS 'SQLSTATE of what ended a step that is not done';
COMMENT ON COLUMN mosaic.partition_log.detail IS 'Why the step was due; of one that is not done, what was in its way';
COMMENT ON COLUMN mosaic.partition_log.command IS 'The SQL of the step';
COMMENT ON COLUMN mosaic.partition_log.pid IS 'Process that did it';
ALTER TABLE mosaic.partition_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY owner ON mosaic.partition_log FOR SELECT TO PUBLIC USING (mosaic.owns(parent));
CREATE POLICY monitor ON mosaic.partition_log FOR SELECT TO pg_monitor USING (true);
GRANT SELECT ON mosaic.partition_log TO PUBLIC;

-- Sets whose last pass did not end well; a row goes with the next good pass.

CREATE TABLE mosaic.partition_failure (
	parent    regclass NOT NULL,
	work      text NOT NULL CHECK (work IN ('create', 'retain', 'drain')),
	failures  integer NOT NULL,
	failed_at timestamptz NOT NULL,
	next_try  timestamptz NOT NULL,
	sqlstate  text NOT NULL,
	message   text NOT NULL,
	detail    text,
	hint      text,
	PRIMARY KEY (parent, work)
);
COMMENT ON TABLE mosaic.partition_failure IS 'One row a set and kind of work (create, retain, drain) whose last pass failed: how often in a row, with what error, and when it is tried again';
COMMENT ON COLUMN mosaic.partition_failure.parent IS 'The parent of the set';
COMMENT ON COLUMN mosaic.partition_failure.work IS 'create, retain or drain: none stops another';
COMMENT ON COLUMN mosaic.partition_failure.failures IS 'Passes in a row that failed';
COMMENT ON COLUMN mosaic.partition_failure.failed_at IS 'When the last of them failed';
COMMENT ON COLUMN mosaic.partition_failure.next_try IS 'When the worker tries again; it waits longer after each failure';
COMMENT ON COLUMN mosaic.partition_failure.sqlstate IS 'SQLSTATE of the last error';
COMMENT ON COLUMN mosaic.partition_failure.message IS 'Its message';
COMMENT ON COLUMN mosaic.partition_failure.detail IS 'Its detail';
COMMENT ON COLUMN mosaic.partition_failure.hint IS 'Its hint';
ALTER TABLE mosaic.partition_failure ENABLE ROW LEVEL SECURITY;
CREATE POLICY owner ON mosaic.partition_failure FOR SELECT TO PUBLIC USING (mosaic.owns(parent));
CREATE POLICY monitor ON mosaic.partition_failure FOR SELECT TO pg_monitor USING (true);
GRANT SELECT ON mosaic.partition_failure TO PUBLIC;

-- Partitions that are being retired: written before a partition is detached,
-- so that whoever comes after a crash knows what was meant.

CREATE TABLE mosaic.retiring_partition (
	partition   regclass PRIMARY KEY,
	parent      regclass NOT NULL,
	root        regclass NOT NULL,
	action      text NOT NULL,
	lower_bound text NOT NULL,
	upper_bound text NOT NULL,
	since       timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE mosaic.retiring_partition IS 'Partitions on their way out by DETACH CONCURRENTLY; the row goes when the action is done';
COMMENT ON COLUMN mosaic.retiring_partition.partition IS 'The partition';
COMMENT ON COLUMN mosaic.retiring_partition.parent IS 'The table that it is or was a partition of';
COMMENT ON COLUMN mosaic.retiring_partition.root IS 'Parent of the set; differs from parent below the first level';
COMMENT ON COLUMN mosaic.retiring_partition.action IS 'What becomes of it once it is detached: drop, detach (it stays as it is) or move';
COMMENT ON COLUMN mosaic.retiring_partition.lower_bound IS 'Lower bound that it had';
COMMENT ON COLUMN mosaic.retiring_partition.upper_bound IS 'Upper bound that it had';
COMMENT ON COLUMN mosaic.retiring_partition.since IS 'When it began';
ALTER TABLE mosaic.retiring_partition ENABLE ROW LEVEL SECURITY;
CREATE POLICY owner ON mosaic.retiring_partition FOR SELECT TO PUBLIC USING (mosaic.owns(root));
CREATE POLICY monitor ON mosaic.retiring_partition FOR SELECT TO pg_monitor USING (true);
GRANT SELECT ON mosaic.retiring_partition TO PUBLIC;

CREATE TABLE mosaic.retention_confirmed (
	parent regclass PRIMARY KEY
);
COMMENT ON TABLE mosaic.retention_confirmed IS 'Sets whose next pass may retire more than mosaic.max_drops partitions, by mosaic.confirm_retention()';
COMMENT ON COLUMN mosaic.retention_confirmed.parent IS 'The parent of the set';
REVOKE ALL ON mosaic.retention_confirmed FROM PUBLIC;  -- written for the owner of the set by mosaic.confirm_retention()

-- Functions.

CREATE FUNCTION mosaic.create_parent(
	parent             regclass,
	partition_interval text        DEFAULT NULL,
	premake            integer     DEFAULT 4,
	retention          text        DEFAULT NULL,
	start_at           text        DEFAULT NULL,
	lists              jsonb       DEFAULT NULL,
	modulus            integer     DEFAULT NULL,
	key_format         text        DEFAULT 'native',
	time_zone          text        DEFAULT NULL,
	default_partition  boolean     DEFAULT false,
	reference_time     timestamptz DEFAULT pg_catalog.now(),
	auto_lists         boolean     DEFAULT false
) RETURNS TABLE (partition regclass, lower_bound text, upper_bound text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_create_parent';
COMMENT ON FUNCTION mosaic.create_parent(regclass, text, integer, text, text, jsonb, integer, text, text, boolean, timestamptz, boolean) IS
'Manages a partitioned table from now on and makes the partitions that are due, in the caller''s transaction. Returns the partitions made.
partition_interval: ''1 month'', ''7 days'', ''daily'' ... or a number for numeric keys. premake: whole intervals kept ready ahead. retention: age or key distance from which partitions are retired. start_at: exact first bound, anchor of the grid. key_format: native, epoch_s, epoch_ms, epoch_us, epoch_ns, uuidv7, ulid, snowflake. time_zone: IANA zone in which days are counted, default the session''s. lists: keys of each list of a LIST table, such as {"na": ["US", "CA"], "none": [null]}. modulus: number of partitions of a HASH table. default_partition: whether rows without a partition are taken. reference_time: the clock of this call. auto_lists: whether a value that no list takes gets a list of its own after a row with it has been refused (library preloaded).
Errors: 42809 not a partitioned table, 42501 not its owner, 42710 managed already, 22023 an argument that does not fit, 53200 more partitions than the lock table holds.';

CREATE FUNCTION mosaic.drop_parent(parent regclass) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_drop_parent';
COMMENT ON FUNCTION mosaic.drop_parent(regclass) IS 'Forgets the set; the parent and every partition stay. Errors: 42704 not a managed parent, 42501 not its owner.';

CREATE FUNCTION mosaic.plan(parent regclass DEFAULT NULL, reference_time timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (parent regclass, step integer, action text, partition text, lower_bound text, upper_bound text, reason text, command text)
LANGUAGE c STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_plan';
COMMENT ON FUNCTION mosaic.plan(regclass, timestamptz) IS
'What maintenance would do now, and the SQL it would run: for one set, or for every set whose parent the caller owns. Changes nothing and takes no lock beyond ACCESS SHARE. reference_time: the clock of this call.
Errors: 42704 not a managed parent, 42501 not its owner.';

CREATE FUNCTION mosaic.run_maintenance(parent regclass DEFAULT NULL, reference_time timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (parent regclass, action text, partition text, lower_bound text, upper_bound text, outcome text, detail text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_run_maintenance';
COMMENT ON FUNCTION mosaic.run_maintenance(regclass, timestamptz) IS
'Does what mosaic.plan() shows, in the caller''s transaction, for one set or for every set whose parent the caller owns. outcome: done, deferred (a lock did not come within mosaic.lock_budget) or failed, with the error in detail; a set that fails does not stop the others. reference_time: the clock of this call.
Errors: 42704 not a managed parent, 42501 not its owner.';

CREATE PROCEDURE mosaic.maintain(parent regclass DEFAULT NULL)
LANGUAGE c AS 'MODULE_PATHNAME', 'mosaic_maintain';
COMMENT ON PROCEDURE mosaic.maintain(regclass) IS
'The same as mosaic.run_maintenance(), one step a transaction, so that no lock outlives its step; what happened is in mosaic.partition_log.
Errors: 42704 not a managed parent, 42501 not its owner, 2D000 inside a transaction block.';

CREATE FUNCTION mosaic.confirm_retention(parent regclass) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_confirm_retention';
COMMENT ON FUNCTION mosaic.confirm_retention(regclass) IS
'Lets the next pass of a set retire partitions although a guard holds it back: more than mosaic.max_drops at once, a clock that jumped, or another cluster than the one that the set was kept in. The clock and the cluster are taken for right from then on. Errors: 42704 not a managed parent, 42501 not its owner.';

CREATE FUNCTION mosaic.partition_for(parent regclass, VARIADIC key "any") RETURNS regclass
LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_partition_for';
COMMENT ON FUNCTION mosaic.partition_for(regclass, "any") IS
'The leaf partition that the server would route a row to, for any partitioned table: give the key of the first level, then of the second, and so on. NULL where no partition takes the key. Literals are coerced as an INSERT would.
Errors: 42809 not partitioned, 22023 wrong number of keys, 42804 a key of another type.';

CREATE FUNCTION mosaic.partition_bounds(parent regclass, OUT partition regclass, OUT kind text, OUT lower_bound text, OUT upper_bound text)
RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_partition_bounds';
COMMENT ON FUNCTION mosaic.partition_bounds(regclass) IS
'The partitions of a table in the order of their bounds, without looking at the partitions themselves. kind: range, list, hash, default, or pending (a concurrent detach has not finished). Bounds in ISO format, in the set''s zone; of a list its keys, of a hash partition remainder and modulus. Errors: 42809 not a partitioned table.';

CREATE FUNCTION mosaic.partitions(parent regclass)
RETURNS TABLE (partition regclass, kind text, lower_bound text, upper_bound text, rows_estimate bigint, bytes bigint)
LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT b.partition, b.kind, b.lower_bound, b.upper_bound,
		   CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint END,
		   pg_catalog.pg_total_relation_size(b.partition)
	FROM mosaic.partition_bounds(partitions.parent) WITH ORDINALITY AS b(partition, kind, lower_bound, upper_bound, position)
	LEFT JOIN pg_catalog.pg_class c ON c.oid = b.partition
	ORDER BY b.position;
END;
COMMENT ON FUNCTION mosaic.partitions(regclass) IS
'The partitions of a table in the order of their bounds. rows_estimate: as of the last ANALYZE or VACUUM, NULL before the first. bytes: with indexes and TOAST. Errors: 42809 not a partitioned table.';

CREATE FUNCTION mosaic.partition_coverage(
	reference_time timestamptz DEFAULT pg_catalog.now(),
	OUT parent         regclass,
	OUT covered_until  text,
	OUT covered_at     timestamptz,
	OUT next_create_at timestamptz,
	OUT partitions     integer,
	OUT default_rows   bigint,
	OUT expired        integer,
	OUT error          text
) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_partition_coverage';
COMMENT ON FUNCTION mosaic.partition_coverage(timestamptz) IS
'What mosaic.partition_status shows of each set''s partitions: end of the coverage that begins now (as a key value, and as a time where the key is one), when the next partition becomes due, and how many wait to be retired. A set that cannot be read has its error in the last column. Shows the sets whose parents the caller owns, or all to members of pg_monitor.';

CREATE FUNCTION mosaic.partition_issues(
	reference_time timestamptz DEFAULT pg_catalog.now(),
	OUT severity text,
	OUT code     text,
	OUT set      regclass,
	OUT object   text,
	OUT detail   text,
	OUT hint     text
) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_partition_issues';
COMMENT ON FUNCTION mosaic.partition_issues(timestamptz) IS
'What is or will be wrong with the sets: the partitions'' rows of mosaic.issues. Shows the sets whose parents the caller owns, or all to members of pg_monitor.';

CREATE FUNCTION mosaic.failing_sets(OUT severity text, OUT code text, OUT set regclass, OUT object text, OUT detail text, OUT hint text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE WHEN f.failures < 3 THEN 'warning' ELSE 'critical' END,
		   CASE f.work WHEN 'create' THEN 'creation_failing' WHEN 'drain' THEN 'drain_failing' ELSE 'retention_failing' END, f.parent, NULL::text,
		   pg_catalog.format('Failed %s, at %s with %s: %s', CASE f.failures WHEN 1 THEN 'once' ELSE f.failures || ' times in a row' END,
			   f.failed_at, f.sqlstate, f.message) || COALESCE(' (' || f.detail || ')', ''),
		   COALESCE(f.hint, 'It is tried again by itself at ' || f.next_try || '.')
	FROM mosaic.partition_failure f;
END;
COMMENT ON FUNCTION mosaic.failing_sets() IS 'Sets whose last maintenance pass failed, as rows of mosaic.issues';

CREATE FUNCTION mosaic.list_assign(parent regclass, list text, keys text[])
RETURNS TABLE (partition regclass, lower_bound text)
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_list_assign';
COMMENT ON FUNCTION mosaic.list_assign(regclass, text, text[]) IS
'Gives keys to a list, or begins a list, and makes the partitions that take them; returns those. parent: a LIST set; of a set with levels also its parent, whose uppermost level with lists is meant, or a table of the level that is meant. Keys are read by the input function of the key''s type; NULL in the array is the NULL key. A list that has a partition already gets one more for the new keys, so that no row moves. Where rows in the default partition have such keys, their partition is made by mosaic.drain_default().
Errors: 42704 not a managed parent, 42501 not its owner, 42809 no lists, 22023 a key that some list has already.';

CREATE FUNCTION mosaic.create_sub_parent(
	parent             regclass,
	partition_by       text,
	partition_interval text        DEFAULT NULL,
	premake            integer     DEFAULT 4,
	retention          text        DEFAULT NULL,
	start_at           text        DEFAULT NULL,
	lists              jsonb       DEFAULT NULL,
	modulus            integer     DEFAULT NULL,
	key_format         text        DEFAULT 'native',
	time_zone          text        DEFAULT NULL,
	default_partition  boolean     DEFAULT false,
	reference_time     timestamptz DEFAULT pg_catalog.now(),
	auto_lists         boolean     DEFAULT false
) RETURNS TABLE (partition regclass, bound text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_create_sub_parent';
COMMENT ON FUNCTION mosaic.create_sub_parent(regclass, text, text, integer, text, text, jsonb, integer, text, text, boolean, timestamptz, boolean) IS
'Adds a level below the lowest one of a set: its partitions are themselves partitioned, those that exist (they must be empty) and those to come, each made whole before it is attached. partition_by: what follows PARTITION BY, such as HASH (tenant_id). The other options are those of mosaic.create_parent(), for the new level; they are kept in mosaic.partition_level. Partitions that are partitioned in this way already are kept as they are. Returns the partitions rebuilt.
Errors: 42704 not a managed parent, 42501 not its owner, 42601 partition_by, 22023 an option that does not fit, 55000 partitions with rows, 55P03 locks that did not come, 53200 more partitions than the lock table holds.';
