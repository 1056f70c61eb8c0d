-- Shards: the same map in many places.

CREATE FUNCTION mosaic.shard_map_content(map text, with_epochs boolean) RETURNS jsonb
	LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map;
	content jsonb;
BEGIN
	SELECT * INTO found_map FROM mosaic.shard_map m WHERE m.map = shard_map_content.map;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('shard map "%s" does not exist', shard_map_content.map),
			HINT = 'SELECT map FROM mosaic.shard_map shows the maps; mosaic.shard_map_create() makes one.';
	END IF;
	content := jsonb_build_object('map', found_map.map, 'strategy', found_map.strategy, 'key_type', found_map.key_type::text,
		'hash', found_map.hash, 'slots', found_map.slots, 'default_shard', found_map.default_shard)
		|| jsonb_build_object('shards', coalesce((
			SELECT jsonb_agg(jsonb_build_object('shard', s.shard_id, 'name', s.shard_name, 'node', s.node, 'weight', s.weight,
				'draining', s.draining) ORDER BY s.shard_id)
			FROM mosaic.shard s WHERE s.map = found_map.map), '[]'));
	IF with_epochs THEN
		content := content || jsonb_build_object('epoch', found_map.epoch, 'base_epoch', found_map.base_epoch);
	END IF;
	-- Neighbouring slots of one owner make one run.
	IF found_map.strategy = 'slots' THEN
		content := content || jsonb_build_object('runs', (
			SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('first', r.first, 'last', r.last, 'state', r.state, 'epoch', r.epoch))
				|| jsonb_build_object('shard', r.shard_id) ORDER BY r.first)
			FROM (SELECT min(g.slot) AS first, max(g.slot) AS last, g.shard_id, g.state, g.epoch
				FROM (SELECT s.slot, s.shard_id, s.state, s.epoch,
						s.slot - row_number() OVER (PARTITION BY s.shard_id, s.state, s.epoch ORDER BY s.slot) AS run
					FROM (SELECT t.slot, t.shard_id, t.state, CASE WHEN with_epochs THEN t.epoch END AS epoch
						FROM mosaic.shard_slot t WHERE t.map = found_map.map) s) g
				GROUP BY g.shard_id, g.state, g.epoch, g.run) r));
	ELSIF found_map.strategy = 'range' THEN
		content := content || jsonb_build_object('ranges', coalesce((
			SELECT jsonb_agg(jsonb_build_object('lower', r.lower, 'upper', r.upper, 'shard', r.shard_id)
				|| CASE WHEN with_epochs THEN jsonb_build_object('epoch', r.epoch) ELSE '{}' END ORDER BY r.lower NULLS FIRST)
			FROM mosaic.shard_range r WHERE r.map = found_map.map), '[]'));
	ELSIF found_map.strategy IN ('list', 'directory', 'tenant') THEN
		content := content || jsonb_build_object('keys', coalesce((
			SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('key', k.key, 'shard', k.shard_id, 'schema_name', k.schema_name,
				'dbname', k.dbname, 'epoch', CASE WHEN with_epochs THEN k.epoch END)) ORDER BY k.key)
			FROM mosaic.shard_key k WHERE k.map = found_map.map), '[]'));
	END IF;
	RETURN content;
END
$$;
COMMENT ON FUNCTION mosaic.shard_map_content(text, boolean) IS 'internal: a map as JSON, with or without its epochs';

CREATE FUNCTION mosaic.shard_map_export(map text) RETURNS jsonb
	LANGUAGE sql STABLE STRICT PARALLEL UNSAFE
	RETURN mosaic.shard_map_content(map, true);
COMMENT ON FUNCTION mosaic.shard_map_export(text) IS
	'the map as JSON, for clients that route by themselves and for mosaic.shard_map_import(); needs SELECT on the catalogs that it reads; 42704 where there is no such map';

CREATE FUNCTION mosaic.shard_map_fingerprint(map text) RETURNS bytea
	LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN sha256(convert_to(mosaic.shard_map_content(map, false)::text, 'UTF8'));
END
$$;
COMMENT ON FUNCTION mosaic.shard_map_fingerprint(text) IS
	'SHA-256 of all that the map says, epochs apart: equal maps have equal fingerprints; 42704 where there is no such map';

CREATE FUNCTION mosaic.shard_import_shards(found_map mosaic.shard_map, content jsonb) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	unknown text;
BEGIN
	PERFORM FROM mosaic.shard_node n WHERE n.node IN (SELECT i.node FROM jsonb_to_recordset(content -> 'shards') i (node text)) ORDER BY n.node FOR KEY SHARE;
	SELECT i.node INTO unknown FROM jsonb_to_recordset(content -> 'shards') i (node text)
	WHERE i.node IS NOT NULL AND NOT EXISTS (SELECT FROM mosaic.shard_node n WHERE n.node = i.node) LIMIT 1;
	IF FOUND THEN
		RAISE undefined_object USING MESSAGE = format('shard node "%s" does not exist', unknown),
			DETAIL = 'A shard of the imported map lives on it.', HINT = 'SELECT mosaic.shard_node_add(node, host) makes a node known.';
	END IF;
	INSERT INTO mosaic.shard (map, shard_id, shard_name, node, weight, draining)
	SELECT found_map.map, i.shard, i.name, i.node, coalesce(i.weight, 1), coalesce(i.draining, false)
	FROM jsonb_to_recordset(content -> 'shards') i (shard integer, name text, node text, weight integer, draining boolean)
	ON CONFLICT ON CONSTRAINT shard_pkey DO UPDATE SET shard_name = excluded.shard_name, node = excluded.node, weight = excluded.weight,
		draining = excluded.draining;
END
$$;
COMMENT ON FUNCTION mosaic.shard_import_shards(mosaic.shard_map, jsonb) IS 'internal: makes and changes the shards of an imported map';
REVOKE ALL ON FUNCTION mosaic.shard_import_shards(mosaic.shard_map, jsonb) FROM PUBLIC; -- serves mosaic.shard_map_import()

-- The epoch of an imported slot, range or key.  It stays where the owner stays;
-- a new owner brings the epoch in which it got the key, unless a client could
-- already have seen that epoch here with the former owner.
CREATE FUNCTION mosaic.shard_import_epoch(here bigint, imported bigint, owner_stays boolean, local_epoch bigint, new_epoch bigint) RETURNS bigint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
	RETURN CASE WHEN owner_stays THEN greatest(here, least(imported, new_epoch)) WHEN imported > local_epoch THEN least(imported, new_epoch) ELSE new_epoch END;
COMMENT ON FUNCTION mosaic.shard_import_epoch(bigint, bigint, boolean, bigint, bigint) IS 'internal: the epoch of an imported slot, range or key';

CREATE FUNCTION mosaic.shard_import_owners(found_map mosaic.shard_map, content jsonb, local_epoch bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	here mosaic.shard_range[];
BEGIN
	DELETE FROM mosaic.shard_slot_size z WHERE z.map = found_map.map AND z.slot >= coalesce(found_map.slots, 0);
	DELETE FROM mosaic.shard_slot s WHERE s.map = found_map.map AND s.slot >= coalesce(found_map.slots, 0);
	INSERT INTO mosaic.shard_slot (map, slot, shard_id, state, epoch)
	SELECT found_map.map, n, i.shard, coalesce(i.state, 'stable'),
		mosaic.shard_import_epoch(h.epoch, coalesce(i.epoch, found_map.epoch), h.slot IS NOT NULL AND h.shard_id IS NOT DISTINCT FROM i.shard,
			local_epoch, found_map.epoch)
	-- A slot too many is enough for the check to refuse the map.
	FROM jsonb_to_recordset(content -> 'runs') i (first integer, last integer, shard integer, state text, epoch bigint),
		generate_series(i.first, least(i.last, found_map.slots)) n
		LEFT JOIN mosaic.shard_slot h ON h.map = found_map.map AND h.slot = n
	ON CONFLICT ON CONSTRAINT shard_slot_pkey DO UPDATE SET shard_id = excluded.shard_id, state = excluded.state, epoch = excluded.epoch;
	-- Slots that no run names would keep their owner; the check misses them.
	DELETE FROM mosaic.shard_slot s WHERE s.map = found_map.map
		AND NOT EXISTS (SELECT FROM jsonb_to_recordset(content -> 'runs') i (first integer, last integer) WHERE s.slot BETWEEN i.first AND i.last);

	SELECT array_agg(r) INTO here FROM mosaic.shard_range r WHERE r.map = found_map.map;
	DELETE FROM mosaic.shard_range r WHERE r.map = found_map.map;
	INSERT INTO mosaic.shard_range (map, lower, upper, shard_id, epoch)
	SELECT found_map.map, i.lower, i.upper, i.shard,
		mosaic.shard_import_epoch(h.epoch, coalesce(i.epoch, found_map.epoch), h.shard_id IS NOT NULL, local_epoch, found_map.epoch)
	FROM (SELECT mosaic.shard_key_text(found_map.key_type, r.lower) AS lower, mosaic.shard_key_text(found_map.key_type, r.upper) AS upper, r.shard, r.epoch
			FROM jsonb_to_recordset(content -> 'ranges') r (lower text, upper text, shard integer, epoch bigint)) i
		LEFT JOIN unnest(here) h ON (h.lower, h.upper) IS NOT DISTINCT FROM (i.lower, i.upper) AND h.shard_id = i.shard;

	INSERT INTO mosaic.shard_key (map, key, shard_id, schema_name, dbname, epoch)
	SELECT found_map.map, i.key, i.shard, i.schema_name, i.dbname,
		mosaic.shard_import_epoch(h.epoch, coalesce(i.epoch, found_map.epoch),
			(h.shard_id, h.schema_name, h.dbname) IS NOT DISTINCT FROM (i.shard, i.schema_name, i.dbname), local_epoch, found_map.epoch)
	FROM (SELECT mosaic.shard_check_key(found_map.key_type, k.key) AS key, k.shard, k.schema_name, k.dbname, k.epoch
			FROM jsonb_to_recordset(content -> 'keys') k (key text, shard integer, schema_name name, dbname name, epoch bigint)) i
		LEFT JOIN mosaic.shard_key h ON h.map = found_map.map AND h.key = i.key
	ON CONFLICT ON CONSTRAINT shard_key_pkey DO UPDATE SET shard_id = excluded.shard_id, schema_name = excluded.schema_name,
		dbname = excluded.dbname, epoch = excluded.epoch;
	DELETE FROM mosaic.shard_key k WHERE k.map = found_map.map
		AND NOT EXISTS (SELECT FROM jsonb_to_recordset(content -> 'keys') i (key text) WHERE mosaic.shard_key_text(found_map.key_type, i.key) = k.key);
END
$$;
COMMENT ON FUNCTION mosaic.shard_import_owners(mosaic.shard_map, jsonb, bigint) IS 'internal: makes, changes and removes the slots, ranges and keys of an imported map';
REVOKE ALL ON FUNCTION mosaic.shard_import_owners(mosaic.shard_map, jsonb, bigint) FROM PUBLIC; -- serves mosaic.shard_map_import()

CREATE FUNCTION mosaic.shard_map_import(map jsonb, expected_epoch bigint DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	content CONSTANT jsonb := map;
	name CONSTANT text := content ->> 'map';
	part text;
	local_epoch bigint;
	found_map mosaic.shard_map;
	before bytea;
	reason text;
	state text;
BEGIN
	IF content IS NULL OR jsonb_typeof(content) <> 'object' OR name IS NULL OR NOT content ?& '{strategy,key_type,epoch,shards}' THEN
		RAISE invalid_parameter_value USING MESSAGE = 'this is not an exported shard map',
			DETAIL = 'It must be a JSON object with map, strategy, key_type, epoch and shards.', HINT = 'Give the result of mosaic.shard_map_export(map).';
	END IF;
	-- What is cut off would empty the map.
	part := CASE WHEN content ->> 'strategy' = 'slots' THEN 'runs' WHEN content ->> 'strategy' = 'range' THEN 'ranges'
		WHEN content ->> 'strategy' IN ('list', 'directory', 'tenant') THEN 'keys' ELSE 'shards' END;
	IF jsonb_typeof(content -> part) IS DISTINCT FROM 'array' THEN
		RAISE invalid_parameter_value USING MESSAGE = format('the export of shard map "%s" is not complete', name),
			DETAIL = format('A map of strategy %s must have an array "%s".', content ->> 'strategy', part),
			HINT = 'Give the result of mosaic.shard_map_export(map).';
	END IF;
	SELECT m.epoch INTO local_epoch FROM mosaic.shard_map m WHERE m.map = name FOR UPDATE;
	IF coalesce(local_epoch, 0) <> expected_epoch THEN
		RAISE serialization_failure USING MESSAGE = format('shard map "%s" is not at the expected epoch', name),
			DETAIL = format('Its epoch is %s, and %s was expected.', coalesce(local_epoch, 0), expected_epoch),
			HINT = 'Look at what has changed since, and import with the present epoch.';
	END IF;
	BEGIN
		IF local_epoch IS NULL THEN
			PERFORM mosaic.shard_map_create(name, content ->> 'strategy', (content ->> 'key_type')::regtype, hash => content ->> 'hash',
				slots => (content ->> 'slots')::integer);
			DELETE FROM mosaic.shard_slot s WHERE s.map = name;
		ELSE
			before := mosaic.shard_map_fingerprint(name);
		END IF;
		UPDATE mosaic.shard_map m SET strategy = content ->> 'strategy', key_type = mosaic.shard_key_type((content ->> 'key_type')::regtype),
			hash = coalesce(content ->> 'hash', 'native'), slots = (content ->> 'slots')::integer,
			default_shard = (content ->> 'default_shard')::integer,
			epoch = greatest(m.epoch + (local_epoch IS NOT NULL)::integer, (content ->> 'epoch')::bigint)
		WHERE m.map = name RETURNING * INTO found_map;
		PERFORM mosaic.shard_import_shards(found_map, content);
		PERFORM mosaic.shard_import_owners(found_map, content, coalesce(local_epoch, 0));
		DELETE FROM mosaic.shard s WHERE s.map = name
			AND NOT EXISTS (SELECT FROM jsonb_to_recordset(content -> 'shards') i (shard integer) WHERE i.shard = s.shard_id);
		UPDATE mosaic.shard_map m SET base_epoch = mosaic.shard_import_epoch(m.base_epoch, coalesce((content ->> 'base_epoch')::bigint, m.epoch),
			before IS NOT DISTINCT FROM mosaic.shard_map_fingerprint(name), coalesce(local_epoch, 0), m.epoch)
		WHERE m.map = name;
		RETURN mosaic.shard_finish(name, 'import', jsonb_build_object('from_epoch', content -> 'epoch'));
	EXCEPTION WHEN data_exception OR integrity_constraint_violation OR cardinality_violation THEN
		GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT, state = RETURNED_SQLSTATE;
	END;
	RAISE invalid_parameter_value USING MESSAGE = format('shard map "%s" cannot be imported', name),
		DETAIL = format('The import failed with "%s" (SQLSTATE %s).', reason, state), HINT = 'Give the result of mosaic.shard_map_export(map).';
END
$$;
COMMENT ON FUNCTION mosaic.shard_map_import(jsonb, bigint) IS
	'makes the map what an export says and returns its new epoch, which is above its former one and not below the exported one; 40001 where its epoch is not the expected one (0: there is no such map), 22023 where the export is not a map, 42704 for an unknown node';
REVOKE ALL ON FUNCTION mosaic.shard_map_import(jsonb, bigint) FROM PUBLIC; -- grant to those who administer maps
