-- The relations of the sets as the catalogs have them: counted and measured
-- without opening or locking one, by estimates where the truth would cost.

CREATE FUNCTION mosaic.set_relations(OUT set regclass, OUT tables bigint, OUT relations bigint, OUT rows_estimate double precision, OUT bytes_estimate double precision)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
	WITH RECURSIVE member AS (
		SELECT s.parent, c.oid, c.relkind, c.relpages, c.reltuples, c.reltoastrelid
		FROM mosaic.partition_set s JOIN pg_catalog.pg_class c ON c.oid = s.parent
		UNION ALL
		SELECT m.parent, c.oid, c.relkind, c.relpages, c.reltuples, c.reltoastrelid
		FROM member m JOIN pg_catalog.pg_inherits i ON i.inhparent = m.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
	)
	SELECT m.parent, count(*) FILTER (WHERE m.relkind <> 'p'), count(*) + COALESCE(sum(x.indexes), 0)::bigint,
		   COALESCE(sum(GREATEST(m.reltuples, 0)) FILTER (WHERE m.relkind <> 'p'), 0)::double precision,
		   ((COALESCE(sum(GREATEST(m.relpages, 0)), 0) + COALESCE(sum(x.pages), 0) + COALESCE(sum(t.relpages), 0)) * current_setting('block_size')::integer)::double precision
	FROM member m
	LEFT JOIN pg_catalog.pg_class t ON t.oid = m.reltoastrelid
	LEFT JOIN LATERAL (
		SELECT count(*) AS indexes, sum(GREATEST(c.relpages, 0)) AS pages
		FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = m.oid
	) x ON true
	GROUP BY m.parent;
END;
COMMENT ON FUNCTION mosaic.set_relations() IS
'What the sets that the caller can see consist of, one row each, from the catalogs alone: tables that hold rows, relations with partitioned tables and indexes, and, as of the last VACUUM or ANALYZE, rows and bytes (with indexes and TOAST).';

CREATE FUNCTION mosaic.set_relation_issues(OUT severity text, OUT code text, OUT set regclass, OUT object text, OUT detail text, OUT hint text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
	WITH relations AS (
		SELECT r.*, c.relname, c.relnamespace, c.reltuples FROM mosaic.set_relations() r JOIN pg_catalog.pg_class c ON c.oid = r.set
	), room AS (
		SELECT current_setting('max_locks_per_transaction')::bigint *
			   (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint +
				current_setting('autovacuum_max_workers')::bigint + 1 + current_setting('max_worker_processes')::bigint +
				current_setting('max_wal_senders')::bigint) AS locks
	)
	SELECT 'warning', 'parent_never_analysed', r.set, NULL::text,
		   format('The parent has no statistics of its own; its partitions have about %s rows.', r.rows_estimate::bigint),
		   format('Autovacuum never does it: ANALYZE %s;', r.set::text)
	FROM relations r WHERE r.reltuples < 0 AND r.rows_estimate >= 10000
	UNION ALL
	SELECT 'warning', 'too_many_partitions', r.set, NULL, format('The set has %s tables; planning and locking grow with them.', r.tables),
		   'A wider partition_interval or a shorter retention makes fewer.'
	FROM relations r WHERE r.tables > 2000
	UNION ALL
	SELECT 'warning', 'lock_table_headroom', r.set, NULL,
		   format('A statement that reads all partitions locks %s relations; the lock table has room for %s.', r.relations, room.locks),
		   'Raise max_locks_per_transaction and restart the server, or see that statements name the key.'
	FROM relations r, room WHERE r.relations > room.locks / 2
	UNION ALL
	SELECT 'info', 'orphan_table', r.set, format('%I.%I', n.nspname, c.relname),
		   'The table is named like a partition of the set, and is none: its rows are not seen through the parent.',
		   'Attach it, rename it, or drop it. It may have been detached on purpose.'
	FROM relations r
	JOIN mosaic.partition_set s ON s.parent::oid = r.set::oid AND s.retention_action = 'drop' AND s.strategy = 'range'
	JOIN pg_catalog.pg_class c ON c.relnamespace = r.relnamespace AND c.relkind = 'r' AND NOT c.relispartition
		AND starts_with(c.relname, r.relname || '_p') AND substr(c.relname, length(r.relname) + 3) ~ '^(m?[0-9]+|[0-9]{4}_?[0-9]{2}_?[0-9]{2}(_[0-9]{4,6})?)$'
	JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	WHERE NOT EXISTS (SELECT FROM mosaic.retiring_partition g WHERE g.partition::oid = c.oid);
END;
COMMENT ON FUNCTION mosaic.set_relation_issues() IS 'What the catalogs alone say of the sets: rows of mosaic.issues for sets that grow too large, parents without statistics, and tables that only look like partitions';

CREATE FUNCTION mosaic.shape_issues(OUT severity text, OUT code text, OUT set regclass, OUT object text, OUT detail text, OUT hint text)
RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_shape_issues';
COMMENT ON FUNCTION mosaic.shape_issues() IS 'Sets whose partitions are not what the settings say: rows of mosaic.issues for partitions that no level keeps, wide ones that retention cannot reach, and keys beyond the last partition';

CREATE FUNCTION mosaic.partition_metrics(OUT name text, OUT set text, OUT value double precision) RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_partition_metrics';
COMMENT ON FUNCTION mosaic.partition_metrics() IS 'The rows of mosaic.metrics that come from looking at each set. Shows the sets whose parents the caller owns, or all to members of pg_monitor.';

CREATE FUNCTION mosaic.maintenance_counters(OUT name text, OUT action text, OUT outcome text, OUT value double precision) RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_maintenance_counters';
COMMENT ON FUNCTION mosaic.maintenance_counters() IS 'The rows of mosaic.metrics on what maintenance of the current database has done since the server started; all zero where the library is not preloaded';
