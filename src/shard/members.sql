-- Shards: nodes, and the shards of a map.

CREATE FUNCTION mosaic.shard_node_add(node text, host text, port integer DEFAULT 5432, dbname text DEFAULT current_database(),
	role text DEFAULT 'primary', primary_node text DEFAULT NULL, zone text DEFAULT NULL, weight integer DEFAULT 1, fdw_server name DEFAULT NULL,
	options jsonb DEFAULT '{}') RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF node IS NULL OR node = '' OR host IS NULL OR port IS NULL OR dbname IS NULL OR role IS NULL OR weight IS NULL OR options IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'node, host, port, dbname, role, weight and options must not be null',
			HINT = 'SELECT mosaic.shard_node_add(''db1'', ''10.0.0.1'') adds a node.';
	END IF;
	IF octet_length(node) > 63 THEN
		RAISE name_too_long USING MESSAGE = 'name of the node is too long',
			DETAIL = format('It has %s bytes; a node name has 63 at most.', octet_length(node)), HINT = 'Choose a shorter name.';
	END IF;
	IF port NOT BETWEEN 1 AND 65535 OR weight < 0 THEN
		RAISE invalid_parameter_value USING MESSAGE = 'port must be between 1 and 65535 and weight must not be negative',
			DETAIL = format('The port given is %s, the weight %s.', port, weight), HINT = 'Use port => 5432, weight => 1.';
	END IF;
	IF role NOT IN ('primary', 'replica') OR (role = 'replica') <> (primary_node IS NOT NULL) THEN
		RAISE invalid_parameter_value USING MESSAGE = 'a node is a primary, or the replica of a primary node',
			DETAIL = format('The role given is "%s", the primary node %s.', role, coalesce(format('"%s"', primary_node), 'null')),
			HINT = 'Use role => ''replica'', primary_node => ''db1'', or neither.';
	END IF;
	PERFORM FROM mosaic.shard_node n WHERE n.node = shard_node_add.primary_node AND n.role = 'primary' FOR KEY SHARE;
	IF role = 'replica' AND NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('primary node "%s" does not exist', primary_node),
			HINT = 'SELECT node FROM mosaic.shard_node WHERE role = ''primary'' shows the primaries.';
	END IF;
	INSERT INTO mosaic.shard_node (node, host, port, dbname, role, primary_node, zone, weight, fdw_server, options)
	VALUES (node, host, port, dbname, role, primary_node, zone, weight, fdw_server, options)
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RAISE duplicate_object USING MESSAGE = format('shard node "%s" already exists', node),
			HINT = 'Choose another name, or SELECT mosaic.shard_node_drop(node) first.';
	END IF;
END
$$;
COMMENT ON FUNCTION mosaic.shard_node_add(text, text, integer, text, text, text, text, integer, name, jsonb) IS
	'makes a server known, as clients reach it; options are further libpq parameters, never users or passwords (22023); weight is a replica''s share of reads; 42710 for a taken name, 42704 for an unknown primary';
REVOKE ALL ON FUNCTION mosaic.shard_node_add(text, text, integer, text, text, text, text, integer, name, jsonb) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_node_drop(node text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	users text;
BEGIN
	-- Nobody places anything on it from here on.
	PERFORM FROM mosaic.shard_node n WHERE n.node = shard_node_drop.node FOR UPDATE;
	SELECT string_agg(u.name, ', ' ORDER BY u.name) INTO users
	FROM (SELECT format('shard %s of map "%s"', s.shard_id, s.map) AS name FROM mosaic.shard s WHERE s.node = shard_node_drop.node
		UNION ALL SELECT format('replica "%s"', n.node) FROM mosaic.shard_node n WHERE n.primary_node = shard_node_drop.node) u;
	IF users IS NOT NULL THEN
		RAISE dependent_objects_still_exist USING MESSAGE = format('shard node "%s" is in use', node), DETAIL = format('It is used by %s.', users),
			HINT = 'SELECT mosaic.shard_place(map, shard, node) places a shard elsewhere.';
	END IF;
	DELETE FROM mosaic.shard_node n WHERE n.node = shard_node_drop.node;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('shard node "%s" does not exist', node),
			HINT = 'SELECT node FROM mosaic.shard_node shows the nodes.';
	END IF;
	-- What was placed on it since an older snapshot, no query of ours has seen.
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		PERFORM mosaic.shard_map_verify(m.map) FROM mosaic.shard_map m;
	END IF;
END
$$;
COMMENT ON FUNCTION mosaic.shard_node_drop(text) IS 'forgets a server; 2BP01 while a shard or a replica is on it, 42704 where there is none';
REVOKE ALL ON FUNCTION mosaic.shard_node_drop(text) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_require_node(node text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	-- Nor does it go from here on.
	PERFORM FROM mosaic.shard_node n WHERE n.node = shard_require_node.node AND n.role = 'primary' FOR KEY SHARE;
	IF node IS NOT NULL AND NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('primary node "%s" does not exist', node),
			HINT = 'SELECT mosaic.shard_node_add(node, host) makes a node known.';
	END IF;
END
$$;
COMMENT ON FUNCTION mosaic.shard_require_node(text) IS 'internal: refuses an unknown primary node (42704), and keeps one from being dropped until the end of the transaction';
REVOKE ALL ON FUNCTION mosaic.shard_require_node(text) FROM PUBLIC; -- serves the administration functions

-- Where a key's place depends on the number and order of shards alone, a shard
-- has no weight, cannot drain and can leave only from the end.
CREATE FUNCTION mosaic.shard_is_positional(strategy text) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN strategy OPERATOR(pg_catalog.=) ANY (ARRAY['modulo', 'md5', 'sha256', 'jump']);
COMMENT ON FUNCTION mosaic.shard_is_positional(text) IS 'internal: does a key''s place depend on the number of shards alone';

CREATE FUNCTION mosaic.shard_check_weight(found_map mosaic.shard_map, weight integer) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF weight IS NULL OR weight < 0 THEN
		RAISE invalid_parameter_value USING MESSAGE = 'weight must not be negative',
			DETAIL = format('The weight given is %s.', coalesce(weight::text, 'null')), HINT = 'Use a weight of 0 or more; 1 is usual.';
	END IF;
	IF weight <> 1 AND mosaic.shard_is_positional(found_map.strategy) THEN
		RAISE feature_not_supported USING MESSAGE = format('shards of a map of strategy "%s" have no weight', found_map.strategy),
			DETAIL = 'The place of a key depends on the number of shards alone.',
			HINT = 'Use a map of strategy ''slots'' or ''rendezvous''.';
	END IF;
END
$$;
COMMENT ON FUNCTION mosaic.shard_check_weight(mosaic.shard_map, integer) IS 'internal: refuses a weight that the map cannot honour';
REVOKE ALL ON FUNCTION mosaic.shard_check_weight(mosaic.shard_map, integer) FROM PUBLIC; -- serves the administration functions

-- A change of the shards moves keys at once where places are computed.
CREATE FUNCTION mosaic.shard_rebase(found_map mosaic.shard_map) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	UPDATE mosaic.shard_map m SET base_epoch = m.epoch
	WHERE m.map = found_map.map AND m.strategy IN ('modulo', 'md5', 'sha256', 'jump', 'rendezvous');
END;
COMMENT ON FUNCTION mosaic.shard_rebase(mosaic.shard_map) IS 'internal: notes that computed places have changed';
REVOKE ALL ON FUNCTION mosaic.shard_rebase(mosaic.shard_map) FROM PUBLIC; -- serves the administration functions

CREATE FUNCTION mosaic.shard_add(map text, shard_name text, node text DEFAULT NULL, weight integer DEFAULT 1) RETURNS integer
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_begin(map);
	new_id integer;
BEGIN
	IF shard_name IS NULL OR shard_name = '' THEN
		RAISE null_value_not_allowed USING MESSAGE = 'argument "shard_name" must not be null or empty';
	END IF;
	IF octet_length(shard_name) > 63 THEN
		RAISE name_too_long USING MESSAGE = 'name of the shard is too long',
			DETAIL = format('It has %s bytes; a shard name has 63 at most.', octet_length(shard_name)), HINT = 'Choose a shorter name.';
	END IF;
	IF EXISTS (SELECT FROM mosaic.shard s WHERE s.map = shard_add.map AND s.shard_name = shard_add.shard_name) THEN
		RAISE duplicate_object USING MESSAGE = format('shard "%s" of map "%s" already exists', shard_name, map), HINT = 'Choose another name.';
	END IF;
	PERFORM mosaic.shard_check_weight(found_map, weight);
	PERFORM mosaic.shard_require_node(node);
	INSERT INTO mosaic.shard (map, shard_id, shard_name, node, weight)
	SELECT shard_add.map, coalesce(max(s.shard_id) + 1, 0), shard_add.shard_name, shard_add.node, shard_add.weight
	FROM mosaic.shard s WHERE s.map = shard_add.map
	RETURNING shard_id INTO new_id;
	PERFORM mosaic.shard_rebase(found_map);
	PERFORM mosaic.shard_finish(map, 'add shard', jsonb_build_object('shard', new_id, 'name', shard_name, 'node', node, 'weight', weight));
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION mosaic.shard_add(text, text, text, integer) IS
	'adds a shard and returns its id; it owns nothing until keys are assigned to it, except in maps that compute the owner, where it has its share at once; 42710 for a taken name, 42704 for an unknown map or node, 22023 for a negative weight';
REVOKE ALL ON FUNCTION mosaic.shard_add(text, text, text, integer) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_drop(map text, shard integer) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_begin(map);
	owned text;
BEGIN
	PERFORM mosaic.shard_require(map, shard);
	SELECT string_agg(o.what, ' and ') INTO owned
	FROM (SELECT count(*) || ' slots' AS what FROM mosaic.shard_slot s WHERE s.map = shard_drop.map AND s.shard_id = shard HAVING count(*) > 0
		UNION ALL SELECT count(*) || ' ranges' FROM mosaic.shard_range r WHERE r.map = shard_drop.map AND r.shard_id = shard HAVING count(*) > 0
		UNION ALL SELECT count(*) || ' keys' FROM mosaic.shard_key k WHERE k.map = shard_drop.map AND k.shard_id = shard HAVING count(*) > 0
		UNION ALL SELECT 'the keys that no other shard owns' WHERE found_map.default_shard = shard) o;
	IF owned IS NOT NULL THEN
		RAISE dependent_objects_still_exist USING MESSAGE = format('shard %s of map "%s" still owns keys', shard, map),
			DETAIL = format('It owns %s.', owned),
			HINT = 'Assign them to other shards first; for slots: SELECT mosaic.shard_drain(map, shard), mosaic.shard_rebalance_apply(map).';
	END IF;
	IF mosaic.shard_is_positional(found_map.strategy)
		AND EXISTS (SELECT FROM mosaic.shard s WHERE s.map = shard_drop.map AND s.shard_id > shard) THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = format('only the last shard of a map of strategy "%s" can be dropped', found_map.strategy),
			DETAIL = 'The place of a key depends on the order of the shards.', HINT = 'Drop the shard with the highest id.';
	END IF;
	DELETE FROM mosaic.shard s WHERE s.map = shard_drop.map AND s.shard_id = shard;
	PERFORM mosaic.shard_rebase(found_map);
	PERFORM mosaic.shard_finish(map, 'drop shard', jsonb_build_object('shard', shard));
END
$$;
COMMENT ON FUNCTION mosaic.shard_drop(text, integer) IS 'removes a shard that owns nothing; 2BP01 while it owns keys, 42704 where there is no such map or shard';
REVOKE ALL ON FUNCTION mosaic.shard_drop(text, integer) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_place(map text, shard integer, node text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM mosaic.shard_begin(map);
	PERFORM mosaic.shard_require(map, shard);
	PERFORM mosaic.shard_require_node(node);
	UPDATE mosaic.shard s SET node = shard_place.node WHERE s.map = shard_place.map AND s.shard_id = shard;
	PERFORM mosaic.shard_finish(map, 'place shard', jsonb_build_object('shard', shard, 'node', node));
END
$$;
COMMENT ON FUNCTION mosaic.shard_place(text, integer, text) IS 'says on which primary node a shard lives; NULL: not said; 42704 for an unknown map, shard or node';
REVOKE ALL ON FUNCTION mosaic.shard_place(text, integer, text) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_set_weight(map text, shard integer, weight integer) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_begin(map);
BEGIN
	PERFORM mosaic.shard_require(map, shard);
	PERFORM mosaic.shard_check_weight(found_map, weight);
	UPDATE mosaic.shard s SET weight = shard_set_weight.weight, draining = false WHERE s.map = shard_set_weight.map AND s.shard_id = shard;
	PERFORM mosaic.shard_rebase(found_map);
	PERFORM mosaic.shard_finish(map, 'set weight', jsonb_build_object('shard', shard, 'weight', weight));
END
$$;
COMMENT ON FUNCTION mosaic.shard_set_weight(text, integer, integer) IS
	'the share of keys that a shard should own, relative to the others'', and the end of its draining; slots move by mosaic.shard_rebalance_apply(), keys of a rendezvous map at once; 22023 for a negative weight';
REVOKE ALL ON FUNCTION mosaic.shard_set_weight(text, integer, integer) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_drain(map text, shard integer) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_begin(map);
BEGIN
	PERFORM mosaic.shard_require(map, shard);
	IF mosaic.shard_is_positional(found_map.strategy) THEN
		RAISE feature_not_supported USING MESSAGE = format('shards of a map of strategy "%s" cannot be drained', found_map.strategy),
			DETAIL = 'The place of a key depends on the number of shards alone.',
			HINT = 'Use a map of strategy ''slots'' or ''rendezvous''.';
	END IF;
	UPDATE mosaic.shard s SET draining = true WHERE s.map = shard_drain.map AND s.shard_id = shard;
	PERFORM mosaic.shard_rebase(found_map);
	PERFORM mosaic.shard_finish(map, 'drain', jsonb_build_object('shard', shard));
END
$$;
COMMENT ON FUNCTION mosaic.shard_drain(text, integer) IS
	'from now on the shard is given nothing and a rebalance plan takes all its slots away; ended by mosaic.shard_set_weight()';
REVOKE ALL ON FUNCTION mosaic.shard_drain(text, integer) FROM PUBLIC; -- grant to those who administer maps
