-- Default partitions: rows that had no partition when they came.

-- Partitions that take their rows out of a default piece by piece.

CREATE TABLE mosaic.growing_partition (
	partition   regclass PRIMARY KEY,
	root        regclass NOT NULL,
	lower_bound text NOT NULL,
	upper_bound text NOT NULL
);
COMMENT ON TABLE mosaic.growing_partition IS 'Partitions into which mosaic.drain_default() moves a range with more rows than a batch: they end at the last key moved so far, and at upper_bound when all are. Not dumped: a restored set makes another partition of the rest.';
COMMENT ON COLUMN mosaic.growing_partition.partition IS 'The partition';
COMMENT ON COLUMN mosaic.growing_partition.lower_bound IS 'Where it begins';
COMMENT ON COLUMN mosaic.growing_partition.root IS 'Parent of the set';
COMMENT ON COLUMN mosaic.growing_partition.upper_bound IS 'Where the partition is to end';
ALTER TABLE mosaic.growing_partition ENABLE ROW LEVEL SECURITY;
CREATE POLICY owner ON mosaic.growing_partition FOR SELECT TO PUBLIC USING (mosaic.owns(root));
CREATE POLICY monitor ON mosaic.growing_partition FOR SELECT TO pg_monitor USING (true);
GRANT SELECT ON mosaic.growing_partition TO PUBLIC;

CREATE PROCEDURE mosaic.drain_default(parent regclass, batch integer DEFAULT 10000)
LANGUAGE c AS 'MODULE_PATHNAME', 'mosaic_drain_default';
COMMENT ON PROCEDURE mosaic.drain_default(regclass, integer) IS
'Moves rows of a default partition into the partitions where they belong, which it makes: those that are due, and those of holes behind them. One step a transaction; whatever snapshot a reader has, it sees each row once. parent: a set, or a partitioned table below it. batch: the most rows that are moved while the table is locked. No trigger fires for a moved row. Rows beyond the coverage, older than what the set keeps, without a key, or more than a batch of them with one key, stay; a NOTICE says so, and mosaic.partition_log what was done.
Errors: 42704 not a managed parent, or no default partition, 42501 not its owner, 22023 batch, 55000 a large default without an index that leads with the key, 55P03 locks that did not come within mosaic.lock_budget, 0A000 outside READ COMMITTED, 2D000 inside a transaction block.';
