-- Shards: how slots of a table move from one node to another, as statements for
-- logical replication.  Publications filter rows by built-in functions only, so
-- the slot is computed by those that HASH partitions use.

CREATE FUNCTION mosaic.shard_slot_filter(map text, slots int4multirange, key text) RETURNS text
	LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map;
	hash text;
	slot text;
BEGIN
	PERFORM mosaic.shard_map_epoch(map);
	SELECT * INTO found_map FROM mosaic.shard_map m WHERE m.map = shard_slot_filter.map;
	PERFORM mosaic.shard_require_slots(found_map, slots);
	hash := CASE found_map.key_type WHEN 'bigint'::regtype THEN 'hashint8extended' WHEN 'text'::regtype THEN 'hashtextextended'
		WHEN 'uuid'::regtype THEN 'uuid_hash_extended' END;
	IF found_map.hash <> 'native' OR hash IS NULL THEN
		RAISE feature_not_supported USING MESSAGE = format('slots of map "%s" cannot be computed by functions of the server', map),
			DETAIL = format('Its hash is "%s", its key type %s.', found_map.hash, found_map.key_type),
			HINT = 'That is for hash ''native'' and keys of type bigint, text and uuid.';
	END IF;
	-- A HASH partition combines the hash with 0 by adding 0x49a0f4dd15e5a8e3;
	-- of a power of two the low bits tell.
	slot := format('((%s(%s, 8816678312871386365) & %s) + %s) & %s', hash, key, found_map.slots - 1,
		x'a8e3'::integer & (found_map.slots - 1), found_map.slots - 1);
	RETURN (SELECT string_agg(format('(%s) BETWEEN %s AND %s', slot, lower(r), upper(r) - 1), ' OR ' ORDER BY r) FROM unnest(slots) r);
END
$$;
COMMENT ON FUNCTION mosaic.shard_slot_filter(text, int4multirange, text) IS 'internal: mosaic.shard_slot_condition() of an expression';

CREATE FUNCTION mosaic.shard_slot_condition(map text, slots int4multirange, key name) RETURNS text
	LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN mosaic.shard_slot_filter(map, slots, quote_ident(key));
END
$$;
COMMENT ON FUNCTION mosaic.shard_slot_condition(text, int4multirange, name) IS
	'condition on a column, of built-in functions, that is true where the key is of one of these slots: for row filters of publications, CHECK constraints and DELETE; 0A000 for maps without native slots of bigint, text or uuid, 22023 for slots that the map does not have, 55000 for a map without slots, 42704 for an unknown map';

-- Whose the slots are, if they are of one shard, and not of the one that they go to.
CREATE FUNCTION mosaic.shard_move_source(map text, slots int4multirange, shard integer) RETURNS mosaic.shard_node
	LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	owners integer[];
	source mosaic.shard_node;
BEGIN
	PERFORM mosaic.shard_require(map, shard, takes_keys => true);
	PERFORM mosaic.shard_require_placed(map);
	owners := ARRAY(SELECT DISTINCT coalesce(s.shard_id, m.default_shard) FROM mosaic.shard_slot s JOIN mosaic.shard_map m USING (map)
		WHERE s.map = shard_move_source.map AND s.slot <@ shard_move_source.slots);
	SELECT n.* INTO source FROM mosaic.shard s JOIN mosaic.shard_node n USING (node) WHERE s.map = shard_move_source.map AND s.shard_id = owners[1];
	IF cardinality(owners) <> 1 OR source.node IS NULL THEN
		RAISE invalid_parameter_value USING MESSAGE = 'only slots of one shard can be moved together',
			DETAIL = format('The slots %s are of shards %s.', slots, owners), HINT = 'SELECT slot, from_shard FROM mosaic.shard_rebalance_plan(map) tells whose slots are to go.';
	END IF;
	IF source.node = (SELECT s.node FROM mosaic.shard s WHERE s.map = shard_move_source.map AND s.shard_id = shard) THEN
		RAISE invalid_parameter_value USING MESSAGE = format('the slots are on node "%s" already', source.node),
			DETAIL = 'No row has to be moved.', HINT = 'SELECT mosaic.shard_assign_slots(map, shard, slots);';
	END IF;
	RETURN source;
END
$$;
COMMENT ON FUNCTION mosaic.shard_move_source(text, int4multirange, integer) IS 'internal: the node that slots would leave; 22023 where they are of several shards or on the shard''s node already';
REVOKE ALL ON FUNCTION mosaic.shard_move_source(text, int4multirange, integer) FROM PUBLIC; -- nodes are not for everybody

CREATE FUNCTION mosaic.shard_move_ddl(map text, slots int4multirange, shard integer, relation regclass, key name,
	OUT step integer, OUT node text, OUT command text) RETURNS SETOF record
	LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	-- One name for all that the move makes, the same each time it is asked for.
	move CONSTANT text := 'mosaic_move_' || left(md5(concat_ws(' ', map, slots, shard, relation)), 16);
	fence CONSTANT text := (SELECT format('%I.%I', n.nspname, move) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation);
	source CONSTANT mosaic.shard_node := mosaic.shard_move_source(map, slots, shard);
	target CONSTANT text := (SELECT s.node FROM mosaic.shard s WHERE s.map = shard_move_ddl.map AND s.shard_id = shard);
	condition CONSTANT text := mosaic.shard_slot_condition(map, slots, key);
BEGIN
	RETURN QUERY VALUES
	(1, source.node, format('CREATE PUBLICATION %I FOR TABLE %s WHERE (%s) WITH (publish = ''insert, update, delete'', publish_via_partition_root = true)',
		move, relation, condition)),
	(2, target, format('CREATE SUBSCRIPTION %I CONNECTION %L PUBLICATION %I', move, mosaic.shard_conninfo(source), move)),
	(3, target, format('SELECT bool_and(srsubstate = ''r'') FROM pg_subscription_rel WHERE srsubid = (SELECT oid FROM pg_subscription WHERE subname = %L)', move)),
	(4, NULL, format('SELECT mosaic.shard_mark_slots(%L, %L, ''fenced'')', map, slots)),
	-- A late writer with an old map is told to read it again.  Making the
	-- triggers waits for the writers of the moment.
	(5, source.node, format('CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS %L', fence,
		format('BEGIN IF TG_OP = ''DELETE'' AND current_setting(''mosaic_move.cleaning'', true) = %L THEN RETURN OLD; END IF;'
			' RAISE serialization_failure USING MESSAGE = ''the row is moving to another shard'', HINT = ''Read the shard map again, and try again.''; END', move))),
	(6, source.node, format('CREATE TRIGGER %I BEFORE INSERT OR UPDATE ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION %s()',
		move || '_new', relation, mosaic.shard_slot_filter(map, slots, 'NEW.' || quote_ident(key)), fence)),
	(7, source.node, format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION %s()',
		move || '_old', relation, mosaic.shard_slot_filter(map, slots, 'OLD.' || quote_ident(key)), fence)),
	(8, source.node, format('DO %L', format('BEGIN EXECUTE format(''COMMENT ON FUNCTION %%s() IS %%L'', %L, pg_current_wal_insert_lsn()); END', fence))),
	(9, source.node, format('SELECT confirmed_flush_lsn >= obj_description(%L::regprocedure, ''pg_proc'')::pg_lsn FROM pg_replication_slots WHERE slot_name = %L', fence || '()', move)),
	(10, NULL, format('SELECT mosaic.shard_assign_slots(%L, %s, %L)', map, shard, slots)),
	(11, target, format('DROP SUBSCRIPTION %I', move)),
	(12, source.node, format('DROP PUBLICATION %I', move)),
	(13, source.node, format('WITH cleaning AS MATERIALIZED (SELECT set_config(''mosaic_move.cleaning'', %L, true)) DELETE FROM %s USING cleaning WHERE %s', move, relation, condition)),
	(14, source.node, format('DROP FUNCTION %s() CASCADE', fence));
END
$$;
COMMENT ON FUNCTION mosaic.shard_move_ddl(text, int4multirange, integer, regclass, name) IS
	'statements that move the rows of slots of one shard to another shard''s node, by logical replication, while everybody works: node says where each is to run, NULL in this database. Those of steps 3 and 9 are asked again until they are true; from 6 to 10 writers of these rows get 40001. The key is in the table''s replica identity; the target has the table, and credentials for the source. 13 and 14 when nobody reads by an old map. Errors as of mosaic.shard_slot_condition(), and 22023 for slots of several shards or on that node already, 55000 for a shard without a node';
REVOKE ALL ON FUNCTION mosaic.shard_move_ddl(text, int4multirange, integer, regclass, name) FROM PUBLIC; -- grant to those who move data
