-- Shards: what is not as it should be in the maps.

CREATE FUNCTION mosaic.shard_range_gaps(map text, OUT lower text, OUT upper text) RETURNS SETOF record
	LANGUAGE C STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_shard_range_gaps';
COMMENT ON FUNCTION mosaic.shard_range_gaps(text) IS
	'the key ranges of a range map that no shard owns, NULL for no bound; 42704 where there is no such map';

-- One map that cannot be read does not hide what is wrong with the others.
CREATE FUNCTION mosaic.shard_map_fault(map text) RETURNS text
	LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM mosaic.shard_map_verify(map);
	RETURN NULL;
EXCEPTION WHEN others THEN
	RETURN SQLERRM;
END
$$;
COMMENT ON FUNCTION mosaic.shard_map_fault(text) IS 'internal: why the catalogs make no map; NULL: they do';

CREATE FUNCTION mosaic.shard_problems(map text DEFAULT NULL) RETURNS TABLE (map text, code text, detail text, hint text)
	LANGUAGE sql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
	SELECT m.map, 'gap', format('No shard owns the keys from %s to %s.', coalesce(g.lower, 'the least'), coalesce(g.upper, 'the greatest')),
		'SELECT mosaic.shard_assign_range(map, shard, lower, upper), or mosaic.shard_set_default(map, shard).'
	FROM mosaic.shard_map m, mosaic.shard_range_gaps(m.map) g
	WHERE m.strategy = 'range' AND m.default_shard IS NULL AND (shard_problems.map IS NULL OR m.map = shard_problems.map)
	  AND mosaic.shard_map_fault(m.map) IS NULL
	UNION ALL
	SELECT f.map, 'not consistent', f.fault || '.', 'Import the map from an export, or make it anew.'
	FROM (SELECT m.map, mosaic.shard_map_fault(m.map) AS fault FROM mosaic.shard_map m WHERE shard_problems.map IS NULL OR m.map = shard_problems.map) f
	WHERE f.fault IS NOT NULL
	UNION ALL
	SELECT m.map, 'slots without owner', format('%s slots have no owner, the first is %s.', count(*), min(s.slot)),
		'SELECT mosaic.shard_assign_slots(map, shard, slots).'
	FROM mosaic.shard_map m JOIN mosaic.shard_slot s ON s.map = m.map AND s.shard_id IS NULL
	WHERE m.default_shard IS NULL AND (shard_problems.map IS NULL OR m.map = shard_problems.map)
	GROUP BY m.map
	UNION ALL
	SELECT m.map, 'no shards', 'The map has no shards.', 'SELECT mosaic.shard_add(map, name).'
	FROM mosaic.shard_map m
	WHERE NOT EXISTS (SELECT FROM mosaic.shard s WHERE s.map = m.map) AND (shard_problems.map IS NULL OR m.map = shard_problems.map)
	UNION ALL
	SELECT s.map, 'slots on draining shard', format('Shard %s still owns %s slots.', s.shard_id, count(*)),
		'Move the rows, then SELECT mosaic.shard_rebalance_apply(map).'
	FROM mosaic.shard s JOIN mosaic.shard_slot o ON o.map = s.map AND o.shard_id = s.shard_id
	WHERE s.draining AND (shard_problems.map IS NULL OR s.map = shard_problems.map)
	GROUP BY s.map, s.shard_id
	UNION ALL
	SELECT s.map, 'slots in motion', format('%s slots are %s.', count(*), s.state), 'SELECT mosaic.shard_mark_slots(map, slots, ''stable'') when the move is over.'
	FROM mosaic.shard_slot s WHERE s.state <> 'stable' AND (shard_problems.map IS NULL OR s.map = shard_problems.map)
	GROUP BY s.map, s.state
	ORDER BY 1, 2, 3;
END;
COMMENT ON FUNCTION mosaic.shard_problems(text) IS
	'what an operator should look at in one map or, for NULL, in all: gaps between ranges, slots without owner, on a draining shard or in motion, maps without shards or that cannot be read; no rows: nothing';
