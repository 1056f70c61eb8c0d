-- Retention: what became of each partition that left, and what holds it back.

CREATE TABLE mosaic.partition_ledger (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	root         regclass NOT NULL,
	parent       regclass NOT NULL,
	relation     regclass,
	schema       text NOT NULL,
	name         text NOT NULL,
	lower_bound  text NOT NULL,
	upper_bound  text NOT NULL,
	bound        text NOT NULL,
	state        text NOT NULL CHECK (state IN ('blocked', 'verified', 'detached', 'dropped', 'released', 'restored')),
	reason       text,
	columns      text[],
	layout       jsonb,
	write_block  text,
	token        uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
	attempts     integer NOT NULL DEFAULT 0,
	last_error   text,
	result       jsonb,
	format       text,
	compression  text,
	location     text,
	rows         bigint,
	hash         numeric,
	bytes        bigint,
	checksum     text,
	taken_at     timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	verified_at  timestamptz,
	detached_at  timestamptz,
	drop_after   timestamptz,
	dropped_at   timestamptz,
	released_at  timestamptz,
	restored_at  timestamptz
);
-- A table has one way out at a time.
CREATE UNIQUE INDEX partition_ledger_open ON mosaic.partition_ledger (relation) WHERE state IN ('blocked', 'verified', 'detached');
CREATE INDEX partition_ledger_root ON mosaic.partition_ledger (root);
COMMENT ON TABLE mosaic.partition_ledger IS 'One row a partition that retention archived, detached, or dropped after a cool-down; kept for ever. A role sees the partitions of the parents it owns, a member of pg_monitor all.';
COMMENT ON COLUMN mosaic.partition_ledger.id IS 'Number of the row, ascending';
COMMENT ON COLUMN mosaic.partition_ledger.root IS 'Parent of the set';
COMMENT ON COLUMN mosaic.partition_ledger.parent IS 'Parent of the partition; differs from root below the first level';
COMMENT ON COLUMN mosaic.partition_ledger.relation IS 'The table while there is one';
COMMENT ON COLUMN mosaic.partition_ledger.schema IS 'Its schema when the row was made';
COMMENT ON COLUMN mosaic.partition_ledger.name IS 'Its name when the row was made';
COMMENT ON COLUMN mosaic.partition_ledger.lower_bound IS 'Lower bound, in ISO format and the set''s zone';
COMMENT ON COLUMN mosaic.partition_ledger.upper_bound IS 'Upper bound, in ISO format and the set''s zone';
COMMENT ON COLUMN mosaic.partition_ledger.bound IS 'The bounds as ATTACH PARTITION takes them';
COMMENT ON COLUMN mosaic.partition_ledger.state IS 'blocked (takes no writes, is being archived), verified (archived, and the archive compared with the table), detached (cooling down until drop_after; without one it stays), dropped, released (stays; retention no longer wants it), restored (attached again)';
COMMENT ON COLUMN mosaic.partition_ledger.reason IS 'Why it had to go';
COMMENT ON COLUMN mosaic.partition_ledger.columns IS 'Columns that the archive holds, in its order';
COMMENT ON COLUMN mosaic.partition_ledger.layout IS 'The tables below it, where it was partitioned itself';
COMMENT ON COLUMN mosaic.partition_ledger.write_block IS 'Identity of the triggers that keep writes out; changes when anybody touches them';
COMMENT ON COLUMN mosaic.partition_ledger.token IS 'Makes the name of the archive file unique and unguessable';
COMMENT ON COLUMN mosaic.partition_ledger.attempts IS 'How often it has been tried to archive it';
COMMENT ON COLUMN mosaic.partition_ledger.last_error IS 'Why the last attempt failed; NULL: it did not';
COMMENT ON COLUMN mosaic.partition_ledger.result IS 'What archive_callback answered last';
COMMENT ON COLUMN mosaic.partition_ledger.format IS 'csv, binary, or callback';
COMMENT ON COLUMN mosaic.partition_ledger.compression IS 'none or gzip';
COMMENT ON COLUMN mosaic.partition_ledger.location IS 'Path of the archive file, or what archive_callback said';
COMMENT ON COLUMN mosaic.partition_ledger.rows IS 'Number of rows, in the table and in the archive';
COMMENT ON COLUMN mosaic.partition_ledger.hash IS 'sum(hashtextextended(t::text, 0)) over the rows, in the table and in the archive';
COMMENT ON COLUMN mosaic.partition_ledger.bytes IS 'Size of the archive file';
COMMENT ON COLUMN mosaic.partition_ledger.checksum IS 'SHA-256 of the archive file, hexadecimal';
COMMENT ON COLUMN mosaic.partition_ledger.taken_at IS 'When the row was made';
COMMENT ON COLUMN mosaic.partition_ledger.verified_at IS 'When the archive was complete and compared with the table';
COMMENT ON COLUMN mosaic.partition_ledger.detached_at IS 'When it was detached';
COMMENT ON COLUMN mosaic.partition_ledger.drop_after IS 'End of the cool-down; NULL: it is not dropped by itself';
COMMENT ON COLUMN mosaic.partition_ledger.dropped_at IS 'When it was dropped, or found to be gone';
COMMENT ON COLUMN mosaic.partition_ledger.released_at IS 'When it was released';
COMMENT ON COLUMN mosaic.partition_ledger.restored_at IS 'When it was attached again';

-- A dump names tables; what is gone would come back as a number that may be
-- another table's.
SELECT pg_catalog.pg_extension_config_dump('mosaic.partition_ledger', 'WHERE root IN (SELECT oid FROM pg_catalog.pg_class) AND parent IN (SELECT oid FROM pg_catalog.pg_class) AND (relation IS NULL OR relation IN (SELECT oid FROM pg_catalog.pg_class))');
SELECT pg_catalog.pg_extension_config_dump('mosaic.partition_ledger_id_seq', '');
ALTER TABLE mosaic.partition_ledger ENABLE ROW LEVEL SECURITY;
CREATE POLICY owner ON mosaic.partition_ledger FOR SELECT TO PUBLIC USING (mosaic.owns(root));
CREATE POLICY monitor ON mosaic.partition_ledger FOR SELECT TO pg_monitor USING (true);
GRANT SELECT ON mosaic.partition_ledger TO PUBLIC;

CREATE VIEW mosaic.archived_partitions WITH (security_invoker = true) AS
	SELECT l.root AS parent, pg_catalog.quote_ident(l.schema) || '.' || pg_catalog.quote_ident(l.name) AS partition,
		   l.lower_bound, l.upper_bound, l.state, l.rows, l.hash, l.format, l.compression, l.location, l.bytes, l.checksum,
		   l.verified_at, l.detached_at, l.drop_after, l.dropped_at, l.restored_at
	FROM mosaic.partition_ledger l
	WHERE l.verified_at IS NOT NULL
	ORDER BY l.id;
COMMENT ON VIEW mosaic.archived_partitions IS 'One row an archive that was compared with its partition: where it is, what it holds, and what became of the partition. mosaic.restore_archive() brings one back.';
COMMENT ON COLUMN mosaic.archived_partitions.parent IS 'Parent of the set';
COMMENT ON COLUMN mosaic.archived_partitions.partition IS 'Name of the partition when it was archived';
COMMENT ON COLUMN mosaic.archived_partitions.lower_bound IS 'Lower bound, inclusive';
COMMENT ON COLUMN mosaic.archived_partitions.upper_bound IS 'Upper bound, exclusive';
COMMENT ON COLUMN mosaic.archived_partitions.state IS 'What became of the partition, see mosaic.partition_ledger';
COMMENT ON COLUMN mosaic.archived_partitions.rows IS 'Number of rows, in the table and in the archive';
COMMENT ON COLUMN mosaic.archived_partitions.hash IS 'sum(hashtextextended(t::text, 0)) over the rows, in the table and in the archive';
COMMENT ON COLUMN mosaic.archived_partitions.format IS 'csv, binary, or callback';
COMMENT ON COLUMN mosaic.archived_partitions.compression IS 'none or gzip';
COMMENT ON COLUMN mosaic.archived_partitions.location IS 'Path of the archive file, or what archive_callback said';
COMMENT ON COLUMN mosaic.archived_partitions.bytes IS 'Size of the archive file';
COMMENT ON COLUMN mosaic.archived_partitions.checksum IS 'SHA-256 of the archive file, hexadecimal';
COMMENT ON COLUMN mosaic.archived_partitions.verified_at IS 'When the archive was complete and compared with the table';
COMMENT ON COLUMN mosaic.archived_partitions.detached_at IS 'When the partition was detached';
COMMENT ON COLUMN mosaic.archived_partitions.drop_after IS 'End of its cool-down';
COMMENT ON COLUMN mosaic.archived_partitions.dropped_at IS 'When it was dropped, or found to be gone';
COMMENT ON COLUMN mosaic.archived_partitions.restored_at IS 'When it was attached again';
GRANT SELECT ON mosaic.archived_partitions TO PUBLIC;

-- Partitions that retention leaves alone.

CREATE TABLE mosaic.partition_hold (
	partition regclass PRIMARY KEY,
	root      regclass NOT NULL,
	reason    text NOT NULL,
	held_by   text NOT NULL DEFAULT SESSION_USER,
	since     timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE mosaic.partition_hold IS 'One row a partition that is not retired until mosaic.release_partition(); made by mosaic.hold_partition() and by mosaic.restore_archive()';
COMMENT ON COLUMN mosaic.partition_hold.partition IS 'The partition, attached or cooling down';
COMMENT ON COLUMN mosaic.partition_hold.root IS 'Parent of its set';
COMMENT ON COLUMN mosaic.partition_hold.reason IS 'Why, in the words of whoever holds it';
COMMENT ON COLUMN mosaic.partition_hold.held_by IS 'Who holds it';
COMMENT ON COLUMN mosaic.partition_hold.since IS 'Since when';
SELECT pg_catalog.pg_extension_config_dump('mosaic.partition_hold', 'WHERE partition IN (SELECT oid FROM pg_catalog.pg_class) AND root IN (SELECT oid FROM pg_catalog.pg_class)');
ALTER TABLE mosaic.partition_hold ENABLE ROW LEVEL SECURITY;
CREATE POLICY owner ON mosaic.partition_hold FOR SELECT TO PUBLIC USING (mosaic.owns(root));
CREATE POLICY monitor ON mosaic.partition_hold FOR SELECT TO pg_monitor USING (true);
GRANT SELECT ON mosaic.partition_hold TO PUBLIC;

-- Where and when a set was last kept.  Not dumped: a set that comes out of a
-- dump has no row and waits for mosaic.confirm_retention().

CREATE TABLE mosaic.retention_guard (
	parent            regclass PRIMARY KEY,
	system_identifier bigint NOT NULL,
	database          oid NOT NULL,
	noted_at          timestamptz NOT NULL,
	server_started    timestamptz NOT NULL,
	steady_clock      bigint NOT NULL
);
COMMENT ON TABLE mosaic.retention_guard IS 'One row a set: the cluster, database and time that its retention was last known to be right in';
COMMENT ON COLUMN mosaic.retention_guard.parent IS 'Parent of the set';
COMMENT ON COLUMN mosaic.retention_guard.system_identifier IS 'System identifier of the cluster';
COMMENT ON COLUMN mosaic.retention_guard.database IS 'OID of the database';
COMMENT ON COLUMN mosaic.retention_guard.noted_at IS 'The clock when the row was written';
COMMENT ON COLUMN mosaic.retention_guard.server_started IS 'When the server had been started; another start means that steady_clock tells nothing';
COMMENT ON COLUMN mosaic.retention_guard.steady_clock IS 'Microseconds of the machine''s steady clock when the row was written';
-- mosaic.confirm_retention() is the way to change it, mosaic.issues to see it.
REVOKE ALL ON mosaic.retention_guard FROM PUBLIC;

-- The write-block.

CREATE FUNCTION mosaic.refuse_write() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'mosaic_refuse_write';
COMMENT ON FUNCTION mosaic.refuse_write() IS 'Trigger function: refuses every change of a partition that is being archived. Errors: 55006.';

-- Functions.

CREATE FUNCTION mosaic.hold_partition(partition regclass, reason text DEFAULT 'held') RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_hold_partition';
COMMENT ON FUNCTION mosaic.hold_partition(regclass, text) IS
'Keeps a partition from being retired until mosaic.release_partition(): one that is attached stays, one that cools down is not dropped. reason: shown in mosaic.partition_hold. Errors: 42704 neither a partition of a managed parent nor cooling down, 42501 not its owner.';

CREATE FUNCTION mosaic.release_partition(partition regclass) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_release_partition';
COMMENT ON FUNCTION mosaic.release_partition(regclass) IS
'Ends what mosaic.hold_partition() or mosaic.restore_archive() began: the partition is retired when it is due. Errors: 42704 it is not held, 42501 not its owner.';

CREATE FUNCTION mosaic.restore_archive(parent regclass, partition text) RETURNS regclass
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_restore_archive';
COMMENT ON FUNCTION mosaic.restore_archive(regclass, text) IS
'Attaches a partition that retention took away: the table itself while it cools down, else a new one with the rows of its archive file, whose checksum, number of rows and row hash must be those of the ledger. In the caller''s transaction. The partition is held, see mosaic.release_partition(). partition: its name, with or without schema; the latest of that name is meant.
Errors: 42704 not a managed parent or not in the ledger, 42501 not its owner, 55000 not taken away, 0A000 archived by a callback, 58P01 no file, XX001 the file or its rows are not those that were archived, 42P17 another partition has the range, 55P03 a lock did not come.';
