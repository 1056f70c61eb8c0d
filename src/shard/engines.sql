-- Shards: what other engines are told so that they act by a map, as text to be
-- run where it belongs.  Credentials are theirs to keep: there are none in a
-- map, and so there are none here.

CREATE FUNCTION mosaic.shard_require_placed(map text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	unplaced mosaic.shard;
BEGIN
	PERFORM mosaic.shard_map_epoch(map);
	SELECT * INTO unplaced FROM mosaic.shard s WHERE s.map = shard_require_placed.map AND s.node IS NULL ORDER BY s.shard_id LIMIT 1;
	IF FOUND THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = format('shard "%s" has no node', unplaced.shard_name),
			DETAIL = format('It is shard %s of map "%s".', unplaced.shard_id, map), HINT = 'SELECT mosaic.shard_place(map, shard, node) places it.';
	END IF;
END
$$;
COMMENT ON FUNCTION mosaic.shard_require_placed(text) IS 'internal: refuses a map that does not exist (42704) or has a shard without a node (55000)';
REVOKE ALL ON FUNCTION mosaic.shard_require_placed(text) FROM PUBLIC; -- serves those that follow

CREATE FUNCTION mosaic.shard_conninfo(home mosaic.shard_node) RETURNS text
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN home.conninfo || ' dbname=' || CASE WHEN home.dbname ~ '^[A-Za-z0-9_.-]+$' THEN home.dbname
		ELSE '''' || replace(replace(home.dbname, '\', '\\'), '''', '\''') || '''' END;
END
$$;
COMMENT ON FUNCTION mosaic.shard_conninfo(mosaic.shard_node) IS 'internal: how libpq reaches a node''s database';

-- A table is laid out by a map where the server's routing is the map's, slot
-- for slot.
CREATE FUNCTION mosaic.shard_require_layout(map text, parent regclass) RETURNS mosaic.shard_map
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map;
	key_type regtype;
BEGIN
	PERFORM mosaic.shard_map_epoch(map);
	SELECT * INTO found_map FROM mosaic.shard_map m WHERE m.map = shard_require_layout.map;
	IF found_map.strategy <> 'slots' OR found_map.hash <> 'native' THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = format('shard map "%s" does not place keys as HASH partitions do', map),
			DETAIL = format('Its strategy is "%s", its hash "%s".', found_map.strategy, found_map.hash),
			HINT = 'Use a map of strategy ''slots'' and hash ''native''.';
	END IF;
	SELECT a.atttypid INTO key_type
	FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
	WHERE p.partrelid = parent AND p.partstrat = 'h' AND p.partnatts = 1;
	IF mosaic.shard_key_type(key_type) IS DISTINCT FROM found_map.key_type THEN
		RAISE wrong_object_type USING MESSAGE = format('table %s is not laid out as shard map "%s" is', parent, map),
			DETAIL = format('It has to be PARTITION BY HASH of one column of type %s.', found_map.key_type),
			HINT = 'Make such a table, or a map whose key_type is that of its column.';
	END IF;
	RETURN found_map;
END
$$;
COMMENT ON FUNCTION mosaic.shard_require_layout(text, regclass) IS 'internal: refuses a table whose partitions cannot be the slots of the map (42809), and a map without native slots (55000)';
REVOKE ALL ON FUNCTION mosaic.shard_require_layout(text, regclass) FROM PUBLIC; -- serves those that follow

-- The table of a slot, in the parent's schema, the same on every server.
CREATE FUNCTION mosaic.shard_leaf_name(parent regclass, slot integer) RETURNS text
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	name text;
	schema text;
BEGIN
	SELECT c.relname || '_s' || slot, n.nspname INTO name, schema
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = parent;
	IF octet_length(name) > 63 THEN
		RAISE name_too_long USING MESSAGE = format('name of the partition "%s" is too long', name),
			DETAIL = format('It has %s bytes; a name has 63 at most.', octet_length(name)), HINT = 'Give the table a shorter name.';
	END IF;
	RETURN format('%I.%I', schema, name);
END
$$;
COMMENT ON FUNCTION mosaic.shard_leaf_name(regclass, integer) IS 'internal: qualified name of the partition of a slot; 42622 where it would be too long';

CREATE FUNCTION mosaic.shard_leaf_ddl(map text, parent regclass, node text) RETURNS SETOF text
	LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_require_layout(map, parent);
BEGIN
	PERFORM FROM mosaic.shard_node n WHERE n.node = shard_leaf_ddl.node;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('shard node "%s" does not exist', node), HINT = 'SELECT node FROM mosaic.shard_node shows the nodes.';
	END IF;
	RETURN QUERY
	SELECT format('CREATE TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
		mosaic.shard_leaf_name(parent, s.slot), parent, found_map.slots, s.slot)
	FROM mosaic.shard_slot s JOIN mosaic.shard h ON h.map = s.map AND h.shard_id = coalesce(s.shard_id, found_map.default_shard)
	WHERE s.map = found_map.map AND h.node = shard_leaf_ddl.node
	ORDER BY s.slot;
END
$$;
COMMENT ON FUNCTION mosaic.shard_leaf_ddl(text, regclass, text) IS
	'statements that make, on a node, the partitions of the slots that it owns; the table itself, PARTITION BY HASH of the map''s key, is there already, and they refuse (23514) rows of other shards. 42809 for a table and 55000 for a map that do not go together, 42704 for an unknown map or node';
REVOKE ALL ON FUNCTION mosaic.shard_leaf_ddl(text, regclass, text) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_fdw_ddl(map text, parent regclass) RETURNS SETOF text
	LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_require_layout(map, parent);
	home record;
	slot record;
BEGIN
	PERFORM mosaic.shard_require_placed(map);
	FOR home IN
		SELECT n.* FROM mosaic.shard_node n WHERE n.node IN (SELECT h.node FROM mosaic.shard h WHERE h.map = found_map.map) ORDER BY n.node
	LOOP
		IF home.fdw_server IS NULL THEN
			RAISE object_not_in_prerequisite_state USING MESSAGE = format('node "%s" has no foreign server', home.node),
				HINT = 'SELECT mosaic.shard_node_add(node, host, fdw_server => name) makes one known that has.';
		END IF;
		CONTINUE WHEN EXISTS (SELECT FROM pg_foreign_server s WHERE s.srvname = home.fdw_server);
		RETURN QUERY
		SELECT format('CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw OPTIONS (%s)', home.fdw_server,
			string_agg(format('%I %L', o.key, o.value), ', ' ORDER BY o.place, o.key COLLATE "C"))
		FROM (VALUES (1, 'host', home.host), (2, 'port', home.port::text), (3, 'dbname', home.dbname), (5, 'async_capable', 'true'), (5, 'batch_size', '1000')
			UNION ALL SELECT 4, e.key, e.value FROM jsonb_each_text(home.options) e
			WHERE e.key NOT IN ('client_encoding', 'fallback_application_name')) o (place, key, value); -- its own to set
	END LOOP;
	FOR slot IN
		SELECT s.slot, n.fdw_server, b.partition, c.relkind, f.srvname
		FROM mosaic.shard_slot s
		JOIN mosaic.shard h ON h.map = s.map AND h.shard_id = coalesce(s.shard_id, found_map.default_shard)
		JOIN mosaic.shard_node n ON n.node = h.node
		LEFT JOIN mosaic.partition_bounds(parent) b ON b.kind = 'hash' AND b.lower_bound = 'remainder ' || s.slot AND b.upper_bound = 'modulus ' || found_map.slots
		LEFT JOIN pg_class c ON c.oid = b.partition
		LEFT JOIN (pg_foreign_table t JOIN pg_foreign_server f ON f.oid = t.ftserver) ON t.ftrelid = b.partition
		WHERE s.map = found_map.map ORDER BY s.slot
	LOOP
		-- A table of this server's own is where somebody wants it.
		CONTINUE WHEN slot.relkind <> 'f' OR slot.srvname = slot.fdw_server;
		IF slot.partition IS NOT NULL THEN
			RETURN NEXT format('DROP FOREIGN TABLE %s', slot.partition);
		END IF;
		RETURN NEXT format('CREATE FOREIGN TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS %s, REMAINDER %s) SERVER %I',
			mosaic.shard_leaf_name(parent, slot.slot), parent, found_map.slots, slot.slot, slot.fdw_server);
	END LOOP;
END
$$;
COMMENT ON FUNCTION mosaic.shard_fdw_ddl(text, regclass) IS
	'statements that this database lacks to have the slots of a map as foreign partitions of a table: servers, partitions, and those whose slot lives elsewhere now; no row where all is as the map says. User mappings are yours. 42809 for a table and 55000 for a map that do not go together, or a node without fdw_server; 42704 for an unknown map';
REVOKE ALL ON FUNCTION mosaic.shard_fdw_ddl(text, regclass) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_pgbouncer_ini(map text, suffix text DEFAULT '', pool_mode text DEFAULT NULL) RETURNS SETOF text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	entry record;
BEGIN
	IF map IS NULL OR suffix IS NULL OR pool_mode NOT IN ('session', 'transaction', 'statement') THEN
		RAISE invalid_parameter_value USING MESSAGE = 'map and suffix must not be null, and pool_mode is one that PgBouncer has',
			DETAIL = format('The pool_mode given is %s.', coalesce(format('"%s"', pool_mode), 'null')),
			HINT = 'Use pool_mode => ''session'', ''transaction'' or ''statement'', or NULL for PgBouncer''s own.';
	END IF;
	PERFORM mosaic.shard_require_placed(map);
	FOR entry IN
		SELECT s.map || '_' || s.shard_name || suffix AS name, n.host, n.port, n.dbname,
			(SELECT string_agg(o.key || '=' || o.value, ' ' ORDER BY o.key COLLATE "C") FROM jsonb_each_text(n.options) o) AS options
		FROM mosaic.shard s JOIN mosaic.shard_node n USING (node)
		WHERE s.map = shard_pgbouncer_ini.map ORDER BY s.shard_id
	LOOP
		-- Its file knows no quoting of names, and no line that goes on.
		IF entry.name !~ '^[A-Za-z0-9_.-]+$' OR concat(entry.dbname, entry.options) ~ '[[:cntrl:]]' THEN
			RAISE invalid_parameter_value USING MESSAGE = 'PgBouncer''s configuration cannot have such a name',
				DETAIL = format('It is %s.', quote_literal(concat_ws(' ', entry.name, entry.dbname, entry.options))),
				HINT = 'Maps, shards and suffixes of letters, digits, "_", "." and "-" will do.';
		END IF;
		IF entry.options IS NOT NULL THEN
			RETURN NEXT format('; the same for all servers in PgBouncer: %s', entry.options);
		END IF;
		RETURN NEXT format('%s = host=%s port=%s dbname=%s%s', entry.name, entry.host, entry.port,
			CASE WHEN entry.dbname ~ '^[A-Za-z0-9_.-]+$' THEN entry.dbname ELSE '''' || replace(entry.dbname, '''', '''''') || '''' END, ' pool_mode=' || pool_mode);
	END LOOP;
END
$$;
COMMENT ON FUNCTION mosaic.shard_pgbouncer_ini(text, text, text) IS
	'lines for PgBouncer''s section [databases], one database a shard, named after map and shard, with suffix and pool_mode if given; no users and no passwords. postgres_fdw needs pools of its own, with pool_mode => ''session''. 42704 for an unknown map, 55000 for a shard without a node, 22023 for another pool_mode, and for a name that its file cannot have';
REVOKE ALL ON FUNCTION mosaic.shard_pgbouncer_ini(text, text, text) FROM PUBLIC; -- grant to those who configure poolers

CREATE FUNCTION mosaic.shard_plproxy_ddl(map text) RETURNS SETOF text
	LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	there CONSTANT boolean := EXISTS (SELECT FROM pg_foreign_server f WHERE f.srvname = map);
	changes text;
BEGIN
	PERFORM mosaic.shard_require_placed(map);
	IF (SELECT max(s.shard_id) + 1 <> count(*) FROM mosaic.shard s WHERE s.map = shard_plproxy_ddl.map) THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = format('the numbers of the shards of map "%s" have gaps', map),
			DETAIL = 'To PL/Proxy a partition is its place in the list of all.', HINT = 'Make a map whose shards are numbered from 0 without gaps.';
	END IF;
	SELECT string_agg(CASE WHEN new.key IS NULL THEN format('DROP %I', old.key) ELSE
		format('%s%I %L', CASE WHEN old.key IS NOT NULL THEN 'SET ' WHEN there THEN 'ADD ' END, new.key, new.value) END, ', ' ORDER BY new.place, old.key COLLATE "C")
	INTO changes
	FROM (SELECT -1 AS place, 'modular_mapping' AS key, '1' AS value
		UNION ALL SELECT s.shard_id, 'p' || s.shard_id, mosaic.shard_conninfo(n)
		FROM mosaic.shard s JOIN mosaic.shard_node n USING (node) WHERE s.map = shard_plproxy_ddl.map) new
	FULL JOIN (SELECT o.option_name, o.option_value FROM pg_foreign_server f, pg_options_to_table(f.srvoptions) o
		WHERE f.srvname = shard_plproxy_ddl.map AND o.option_name ~ '^(p[0-9]+|modular_mapping)$') old (key, value) ON old.key = new.key
	WHERE new.value IS DISTINCT FROM old.value;
	RETURN QUERY
	SELECT CASE WHEN there THEN format('ALTER SERVER %I OPTIONS (%s)', map, changes)
		ELSE format('CREATE SERVER %I FOREIGN DATA WRAPPER plproxy OPTIONS (%s)', map, changes) END
	WHERE changes IS NOT NULL;
END
$$;
COMMENT ON FUNCTION mosaic.shard_plproxy_ddl(text) IS
	'the statement that this database lacks to have the shards of a map as a cluster of PL/Proxy named after it: functions say CLUSTER ''map''; RUN ON mosaic.shard_for(''map'', key). No row where the cluster is as the map says; slots that change owner need none. User mappings are yours. 42704 for an unknown map; 55000 for shards without a node, or with gaps in their numbers';
REVOKE ALL ON FUNCTION mosaic.shard_plproxy_ddl(text) FROM PUBLIC; -- grant to those who administer maps
