-- What all areas can count, for monitoring systems that keep numbers.

CREATE FUNCTION mosaic.worker_metrics(OUT name text, OUT value double precision) RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_worker_metrics';
COMMENT ON FUNCTION mosaic.worker_metrics() IS 'The rows of mosaic.metrics on the background processes and the passes over the current database';

CREATE FUNCTION mosaic.set_metrics(OUT name text, OUT labels jsonb, OUT value double precision) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
	SELECT m.name, jsonb_build_object('set', s.parent::text), m.value
	FROM mosaic.partition_set s
	LEFT JOIN mosaic.set_relations() r ON r.set::oid = s.parent::oid
	LEFT JOIN LATERAL (SELECT max(f.failures) AS failures FROM mosaic.partition_failure f WHERE f.parent::oid = s.parent::oid) f ON true
	LEFT JOIN LATERAL (
		SELECT max(l.at) AS at FROM mosaic.partition_log l WHERE l.parent = s.parent AND l.outcome = 'done'
	) l ON true
	LEFT JOIN LATERAL (
		SELECT GREATEST(a.last_analyze, a.last_autoanalyze) AS at FROM pg_catalog.pg_stat_all_tables a WHERE a.relid = s.parent::oid
	) a ON true,
	LATERAL (VALUES
		('mosaic_set_bytes', r.bytes_estimate),
		('mosaic_set_consecutive_failures', COALESCE(f.failures, 0)::double precision),
		('mosaic_set_last_success_timestamp_seconds',
			EXTRACT(epoch FROM CASE WHEN f.failures IS NULL THEN GREATEST(mosaic.last_pass(), l.at) ELSE l.at END)::double precision),
		('mosaic_set_parent_analyze_age_seconds', EXTRACT(epoch FROM clock_timestamp() - a.at)::double precision)
	) m(name, value)
	WHERE m.value IS NOT NULL;
END;
COMMENT ON FUNCTION mosaic.set_metrics() IS 'The rows of mosaic.metrics on the size of each set and how its maintenance has gone, for the sets that the caller can see';

CREATE FUNCTION mosaic.archive_metrics(OUT name text, OUT labels jsonb, OUT value double precision) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
	SELECT m.name, jsonb_build_object('set', s.parent::text), m.value
	FROM mosaic.partition_set s,
	LATERAL (
		SELECT count(*) FILTER (WHERE l.verified_at IS NOT NULL) AS made,
			   COALESCE(sum(l.rows) FILTER (WHERE l.verified_at IS NOT NULL), 0) AS rows,
			   COALESCE(sum(l.bytes) FILTER (WHERE l.verified_at IS NOT NULL), 0) AS bytes,
			   max(l.verified_at) AS last,
			   count(*) FILTER (WHERE l.state = 'blocked') AS waiting,
			   count(*) FILTER (WHERE l.state = 'blocked' AND l.last_error IS NOT NULL) AS failing,
			   min(l.taken_at) FILTER (WHERE l.state = 'blocked') AS oldest,
			   count(*) FILTER (WHERE l.state = 'detached' AND l.drop_after IS NOT NULL) AS cooling
		FROM mosaic.partition_ledger l WHERE l.root = s.parent
	) a
	LEFT JOIN LATERAL (
		SELECT max(f.at) AS at FROM mosaic.partition_log f WHERE f.parent = s.parent AND f.action = 'archive' AND f.outcome = 'failed'
	) f ON true,
	LATERAL (VALUES
		('mosaic_archive_partitions', a.made::double precision),
		('mosaic_archive_rows', a.rows::double precision),
		('mosaic_archive_bytes', a.bytes::double precision),
		('mosaic_archive_last_timestamp_seconds', EXTRACT(epoch FROM a.last)::double precision),
		('mosaic_archive_waiting_partitions', a.waiting::double precision),
		('mosaic_archive_failing_partitions', a.failing::double precision),
		('mosaic_archive_oldest_waiting_seconds', COALESCE(EXTRACT(epoch FROM clock_timestamp() - a.oldest), 0)::double precision),
		('mosaic_archive_last_error_timestamp_seconds', EXTRACT(epoch FROM f.at)::double precision),
		('mosaic_archive_cooling_partitions', a.cooling::double precision)
	) m(name, value)
	WHERE m.value IS NOT NULL AND (s.retention_action = 'archive' OR a.made > 0 OR a.cooling > 0);
END;
COMMENT ON FUNCTION mosaic.archive_metrics() IS 'The rows of mosaic.metrics on partitions that retention archives or lets cool down, for the sets that the caller can see';

CREATE FUNCTION mosaic.invalidation_metrics(OUT name text, OUT labels jsonb, OUT value double precision) RETURNS SETOF record
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
	SELECT m.name, '{}'::jsonb, m.value
	FROM mosaic.invalidation_status() s,
	LATERAL (VALUES
		('mosaic_invalidation_watches', s.watches::double precision),
		('mosaic_invalidation_ticker_up', (s.ticker_pid IS NOT NULL)::integer::double precision),
		('mosaic_invalidation_waiting_transactions', s.waiting::double precision),
		('mosaic_invalidation_lag_seconds', EXTRACT(epoch FROM s.lag)::double precision),
		('mosaic_invalidation_outbox_bytes', s.outbox_bytes::double precision),
		('mosaic_invalidation_position', s.pos::double precision),
		('mosaic_invalidation_oldest_position', s.oldest_pos::double precision),
		('mosaic_invalidation_last_tick_timestamp_seconds', EXTRACT(epoch FROM s.ticked_at)::double precision),
		('mosaic_invalidation_notify_queue_usage', s.queue_usage)
	) m(name, value)
	WHERE m.value IS NOT NULL;
END;
COMMENT ON FUNCTION mosaic.invalidation_metrics() IS 'The rows of mosaic.metrics on cache invalidation';

CREATE FUNCTION mosaic.shard_metrics(OUT name text, OUT labels jsonb, OUT value double precision) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
	SELECT 'mosaic_shard_map_epoch', jsonb_build_object('map', m.map), m.epoch::double precision FROM mosaic.shard_map m
	UNION ALL
	SELECT 'mosaic_shard_map_shards', jsonb_build_object('map', m.map), count(s.shard_id)::double precision
	FROM mosaic.shard_map m LEFT JOIN mosaic.shard s ON s.map = m.map GROUP BY m.map
	UNION ALL
	SELECT 'mosaic_shard_map_problems', jsonb_build_object('map', m.map), count(p.code)::double precision
	FROM mosaic.shard_map m LEFT JOIN mosaic.shard_problems() p ON p.map = m.map GROUP BY m.map;
END;
COMMENT ON FUNCTION mosaic.shard_metrics() IS 'The rows of mosaic.metrics on shard maps';

CREATE VIEW mosaic.metrics AS
	SELECT name, pg_catalog.jsonb_build_object('set', set) AS labels, value FROM mosaic.partition_metrics()
	UNION ALL
	SELECT name, labels, value FROM mosaic.set_metrics()
	UNION ALL
	SELECT name, labels, value FROM mosaic.archive_metrics()
	UNION ALL
	SELECT name, CASE WHEN action IS NULL THEN '{}' ELSE pg_catalog.jsonb_build_object('action', action, 'outcome', outcome) END, value
	FROM mosaic.maintenance_counters()
	UNION ALL
	SELECT 'mosaic_issues_open', pg_catalog.jsonb_build_object('severity', s.severity), pg_catalog.count(i.code)::double precision
	FROM (VALUES ('info'), ('warning'), ('critical')) s(severity) LEFT JOIN mosaic.issues i ON i.severity = s.severity GROUP BY s.severity
	UNION ALL
	SELECT name, '{}', value FROM mosaic.worker_metrics()
	UNION ALL
	SELECT name, labels, value FROM mosaic.invalidation_metrics()
	UNION ALL
	SELECT name, labels, value FROM mosaic.shard_metrics();
COMMENT ON VIEW mosaic.metrics IS 'Numbers for a monitoring system, a row each: the current database''s sets, what maintenance did, issues, processes, cache invalidation and shard maps. Names ending in _total count since the server started; _timestamp_seconds are seconds since 1970. A role sees the sets whose parent it owns, a member of pg_monitor all.';
COMMENT ON COLUMN mosaic.metrics.name IS 'Name of the metric, as Prometheus would have it';
COMMENT ON COLUMN mosaic.metrics.labels IS 'What it is of: {"set": "public.orders"}, {"severity": "critical"}, ...; {} for the whole database';
COMMENT ON COLUMN mosaic.metrics.value IS 'The number; bytes, seconds or a count, by the name';
GRANT SELECT ON mosaic.metrics TO PUBLIC;
