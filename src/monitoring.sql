-- What all areas say of themselves, for people and for monitoring.

CREATE VIEW mosaic.partition_status WITH (security_invoker = true) AS
	SELECT s.parent, c.covered_until, CASE WHEN pg_catalog.isfinite(c.covered_at) THEN c.covered_at - pg_catalog.now() END AS time_left, c.next_create_at, c.partitions, c.default_rows,
		   c.expired AS expired_waiting, s.create_paused, s.retain_paused,
		   CASE WHEN f.parent IS NULL
			   THEN GREATEST(mosaic.last_pass(), (SELECT pg_catalog.max(l.at) FROM mosaic.partition_log l WHERE l.parent = s.parent AND l.outcome = 'done'))
			   ELSE (SELECT pg_catalog.max(l.at) FROM mosaic.partition_log l WHERE l.parent = s.parent AND l.outcome = 'done')
		   END AS last_ok,
		   COALESCE(f.message, c.error) AS last_error, COALESCE(f.failures, 0) AS consecutive_failures
	FROM mosaic.partition_set s
	JOIN mosaic.partition_coverage() c ON c.parent::pg_catalog.oid = s.parent::pg_catalog.oid
	LEFT JOIN LATERAL (
		SELECT f.parent, f.message, pg_catalog.max(f.failures) OVER () AS failures
		FROM mosaic.partition_failure f WHERE f.parent::pg_catalog.oid = s.parent::pg_catalog.oid
		ORDER BY f.failed_at DESC LIMIT 1
	) f ON true;
COMMENT ON VIEW mosaic.partition_status IS 'One row a set: how far its partitions reach and how maintenance goes. A role sees the sets whose parent it owns, a member of pg_monitor all.';
COMMENT ON COLUMN mosaic.partition_status.parent IS 'The parent of the set';
COMMENT ON COLUMN mosaic.partition_status.covered_until IS 'End of the coverage that begins now, without a gap; NULL: no partition holds now';
COMMENT ON COLUMN mosaic.partition_status.time_left IS 'Time until then; NULL for numeric keys';
COMMENT ON COLUMN mosaic.partition_status.next_create_at IS 'When the next partition becomes due; NULL: one is due now, or the key is a number';
COMMENT ON COLUMN mosaic.partition_status.partitions IS 'Number of partitions, the default included';
COMMENT ON COLUMN mosaic.partition_status.default_rows IS 'Rows in the default partition, up to 1000 exactly and then as the planner estimates; NULL: there is none';
COMMENT ON COLUMN mosaic.partition_status.expired_waiting IS 'Partitions that are due to be retired';
COMMENT ON COLUMN mosaic.partition_status.create_paused IS 'No partitions are made while true';
COMMENT ON COLUMN mosaic.partition_status.retain_paused IS 'No partitions are retired while true';
COMMENT ON COLUMN mosaic.partition_status.last_ok IS 'When the last pass that ended well was over, as far as it is known: passes before the server started count only where they changed something';
COMMENT ON COLUMN mosaic.partition_status.last_error IS 'Error of the last pass, if it failed';
COMMENT ON COLUMN mosaic.partition_status.consecutive_failures IS 'Passes in a row that failed';
GRANT SELECT ON mosaic.partition_status TO PUBLIC;

CREATE VIEW mosaic.issues AS
	SELECT severity, code, set, object, detail, hint FROM mosaic.partition_issues()
	UNION ALL
	SELECT severity, code, set, object, detail, hint FROM mosaic.failing_sets()
	UNION ALL
	SELECT severity, code, set, object, detail, hint FROM mosaic.partition_drift()
	UNION ALL
	SELECT severity, code, set, object, detail, hint FROM mosaic.shape_issues()
	UNION ALL
	SELECT severity, code, set, object, detail, hint FROM mosaic.set_relation_issues()
	UNION ALL
	SELECT severity, code, set, object, detail, hint FROM mosaic.worker_issues();
COMMENT ON VIEW mosaic.issues IS 'What is or will be wrong, one row each; empty is well. A role sees the issues of the sets that it can see.';
COMMENT ON COLUMN mosaic.issues.severity IS 'info (nothing to do), warning (look at it this week), critical (rows are or will soon be refused, or nothing runs)';
COMMENT ON COLUMN mosaic.issues.code IS 'Short name of the kind of issue, stable over releases';
COMMENT ON COLUMN mosaic.issues.set IS 'Parent of the set that it is about; NULL: the whole database';
COMMENT ON COLUMN mosaic.issues.object IS 'Partition, constraint or other object within the set; NULL: the set itself';
COMMENT ON COLUMN mosaic.issues.detail IS 'What is wrong, with the values';
COMMENT ON COLUMN mosaic.issues.hint IS 'What to do, with the statement where there is one';
GRANT SELECT ON mosaic.issues TO PUBLIC;

CREATE FUNCTION mosaic.health(OUT status integer, OUT message text)
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
	WITH found AS (
		SELECT CASE severity WHEN 'critical' THEN 2 ELSE 1 END AS level,
			   code || COALESCE(' ' || set::text, '') || ': ' || detail AS line
		FROM mosaic.issues
		WHERE severity IN ('warning', 'critical')
	), first AS (
		SELECT level, line FROM found ORDER BY level DESC, line LIMIT 3
	)
	SELECT CASE (SELECT max(level) FROM found) WHEN 2 THEN 2 WHEN 1 THEN 1 ELSE 0 END,
		   CASE (SELECT max(level) FROM found) WHEN 2 THEN 'CRITICAL' WHEN 1 THEN 'WARNING' ELSE 'OK' END ||
		   CASE (SELECT count(*) FROM found)
			   WHEN 0 THEN ' - no issues'
			   WHEN 1 THEN ' - 1 issue; '
			   ELSE ' - ' || (SELECT count(*) FROM found) || ' issues; '
		   END ||
		   COALESCE((SELECT string_agg(line, ' | ' ORDER BY level DESC, line) FROM first), '')
$$;
COMMENT ON FUNCTION mosaic.health() IS 'One row for a monitoring plug-in: status 0 (ok), 1 (warning) or 2 (critical), and a message with the worst three of mosaic.issues. Works on a standby; takes no lock on any parent.';
