-- Shards: administration.  One call, one change, one transaction; every
-- function locks the map's row first and has the result checked before it
-- returns, so that a refused change leaves the map as it was.
--
-- They run with the rights of the extension's owner and are not for PUBLIC:
-- grant EXECUTE to the roles that may change where keys go.

CREATE FUNCTION mosaic.shard_map_verify(map text) RETURNS void
	LANGUAGE C STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_shard_map_verify';
COMMENT ON FUNCTION mosaic.shard_map_verify(text) IS
	'raises unless the catalogs make a map: 23P01 where ranges overlap, 23514 for any other inconsistency, 42704 where there is no such map';

CREATE FUNCTION mosaic.shard_key_type(key_type regtype) RETURNS regtype
	LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_key_type';
COMMENT ON FUNCTION mosaic.shard_key_type(regtype) IS
	'internal: the key type of maps that stands for a type; 42804, with the reason, where it cannot be a shard key';
REVOKE ALL ON FUNCTION mosaic.shard_key_type(regtype) FROM PUBLIC; -- serves the administration functions

CREATE FUNCTION mosaic.shard_key_text(key_type regtype, key text) RETURNS text
	LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_key_text';
COMMENT ON FUNCTION mosaic.shard_key_text(regtype, text) IS
	'a key as the catalogs spell it; instants without a zone are read in UTC';

CREATE FUNCTION mosaic.shard_lock(map text) RETURNS mosaic.shard_map
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map;
BEGIN
	IF shard_lock.map IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'argument "map" must not be null';
	END IF;
	SELECT * INTO found_map FROM mosaic.shard_map m WHERE m.map = shard_lock.map FOR UPDATE;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('shard map "%s" does not exist', shard_lock.map),
			HINT = 'SELECT map FROM mosaic.shard_map shows the maps; mosaic.shard_map_create() makes one.';
	END IF;
	RETURN found_map;
END
$$;
COMMENT ON FUNCTION mosaic.shard_lock(text) IS 'internal: locks a map for a change; 42704 where there is none';
REVOKE ALL ON FUNCTION mosaic.shard_lock(text) FROM PUBLIC; -- serves the administration functions

CREATE FUNCTION mosaic.shard_begin(map text) RETURNS mosaic.shard_map
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_lock(map);
BEGIN
	IF found_map.changed_in <> pg_current_xact_id() THEN
		UPDATE mosaic.shard_map m SET map = m.map WHERE m.map = shard_begin.map RETURNING * INTO found_map;
	END IF;
	RETURN found_map;
END
$$;
COMMENT ON FUNCTION mosaic.shard_begin(text) IS 'internal: locks a map for a change and raises its epoch, once a transaction; 42704 where there is none';
REVOKE ALL ON FUNCTION mosaic.shard_begin(text) FROM PUBLIC; -- serves the administration functions

CREATE FUNCTION mosaic.shard_finish(map text, change text, detail jsonb) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	new_epoch bigint;
BEGIN
	PERFORM mosaic.shard_map_verify(shard_finish.map);
	INSERT INTO mosaic.shard_map_history (map, epoch, change, detail)
	SELECT m.map, m.epoch, shard_finish.change, jsonb_strip_nulls(shard_finish.detail)
	FROM mosaic.shard_map m WHERE m.map = shard_finish.map
	RETURNING epoch INTO new_epoch;
	RETURN new_epoch;
END
$$;
COMMENT ON FUNCTION mosaic.shard_finish(text, text, jsonb) IS 'internal: checks a changed map, notes the change in the history and returns the epoch';
REVOKE ALL ON FUNCTION mosaic.shard_finish(text, text, jsonb) FROM PUBLIC; -- serves the administration functions

CREATE FUNCTION mosaic.shard_require(map text, shard integer, takes_keys boolean DEFAULT false) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	is_draining boolean;
BEGIN
	IF shard_require.shard IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'argument "shard" must not be null';
	END IF;
	SELECT s.draining INTO is_draining FROM mosaic.shard s WHERE s.map = shard_require.map AND s.shard_id = shard_require.shard;
	IF NOT FOUND THEN
		RAISE undefined_object USING MESSAGE = format('shard %s of map "%s" does not exist', shard_require.shard, shard_require.map),
			HINT = 'SELECT shard_id, shard_name FROM mosaic.shard shows the shards; mosaic.shard_add() makes one.';
	END IF;
	IF is_draining AND takes_keys THEN
		RAISE object_not_in_prerequisite_state USING MESSAGE = format('shard %s of map "%s" is draining', shard_require.shard, shard_require.map),
			DETAIL = 'A draining shard is given no keys.',
			HINT = 'SELECT mosaic.shard_set_weight(map, shard, 1) ends the draining.';
	END IF;
END
$$;
COMMENT ON FUNCTION mosaic.shard_require(text, integer, boolean) IS 'internal: refuses an unknown shard (42704) and, to be given keys, a draining one (55000)';
REVOKE ALL ON FUNCTION mosaic.shard_require(text, integer, boolean) FROM PUBLIC; -- serves the administration functions

CREATE FUNCTION mosaic.shard_require_strategy(found_map mosaic.shard_map, VARIADIC strategies text[]) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF found_map.strategy <> ALL (strategies) THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('shard map "%s" is of strategy "%s"', found_map.map, found_map.strategy),
			DETAIL = format('This function is for maps of strategy %s.', array_to_string(strategies, ', ')),
			HINT = 'Use the function for this map''s strategy: mosaic.shard_assign_slots, shard_assign_range, shard_assign_keys or shard_assign_tenant.';
	END IF;
END
$$;
COMMENT ON FUNCTION mosaic.shard_require_strategy(mosaic.shard_map, text[]) IS 'internal: refuses a map of another strategy (55000)';
REVOKE ALL ON FUNCTION mosaic.shard_require_strategy(mosaic.shard_map, text[]) FROM PUBLIC; -- serves the administration functions

CREATE FUNCTION mosaic.shard_map_create(map text, strategy text DEFAULT 'slots', key_type regtype DEFAULT 'bigint', shards integer DEFAULT NULL,
	slots integer DEFAULT 1024, hash text DEFAULT 'native', default_shard integer DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	map_key_type regtype;
	first_epoch bigint;
	most_shards integer := 65536;
BEGIN
	IF map IS NULL OR map = '' OR strategy IS NULL OR key_type IS NULL OR hash IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'map, strategy, key_type and hash must not be null or empty',
			HINT = 'SELECT mosaic.shard_map_create(''users'', shards => 4) makes a map.';
	END IF;
	IF octet_length(map) > 63 THEN
		RAISE name_too_long USING MESSAGE = 'name of the shard map is too long',
			DETAIL = format('It has %s bytes; a map name has 63 at most.', octet_length(map)),
			HINT = 'Choose a shorter name.';
	END IF;
	IF strategy <> ALL ('{slots,modulo,md5,sha256,jump,rendezvous,range,list,directory,tenant}') THEN
		RAISE invalid_parameter_value USING MESSAGE = format('unrecognized strategy "%s"', strategy),
			HINT = 'Use slots, modulo, md5, sha256, jump, rendezvous, range, list, directory or tenant.';
	END IF;
	IF hash <> ALL ('{native,md5,sha256,crc16}') THEN
		RAISE invalid_parameter_value USING MESSAGE = format('unrecognized hash "%s"', hash), HINT = 'Use native, md5, sha256 or crc16.';
	END IF;
	IF hash <> 'native' AND strategy <> 'slots' THEN
		RAISE invalid_parameter_value USING MESSAGE = format('hash "%s" is for maps of strategy "slots"', hash),
			DETAIL = format('The strategy given is "%s".', strategy), HINT = 'Leave the hash out, or use strategy => ''slots''.';
	END IF;
	map_key_type := mosaic.shard_key_type(key_type);
	IF strategy IN ('modulo', 'jump') AND map_key_type <> 'bigint'::regtype THEN
		RAISE datatype_mismatch USING MESSAGE = format('strategy "%s" needs keys of type bigint, not %s', strategy, key_type),
			HINT = 'Use strategy ''slots'', ''md5'', ''sha256'' or ''rendezvous''.';
	END IF;
	IF strategy <> 'slots' THEN
		slots := NULL;
	ELSIF slots IS NULL OR slots NOT BETWEEN 1 AND 65536 OR slots & (slots - 1) <> 0 THEN
		RAISE invalid_parameter_value USING MESSAGE = 'number of slots must be a power of two between 1 and 65536',
			DETAIL = format('The number given is %s.', coalesce(slots::text, 'null')), HINT = 'Use slots => 1024.';
	ELSIF hash = 'crc16' AND slots > 16384 THEN
		RAISE invalid_parameter_value USING MESSAGE = 'a crc16 map has 16384 slots at most',
			DETAIL = format('The number given is %s.', slots), HINT = 'Use slots => 16384.';
	ELSE
		most_shards := slots;
	END IF;
	IF shards NOT BETWEEN 1 AND most_shards THEN
		RAISE invalid_parameter_value USING MESSAGE = format('number of shards must be between 1 and %s', most_shards),
			DETAIL = format('The number given is %s.', shards), HINT = 'Use shards => 4, or leave it out and add shards by mosaic.shard_add().';
	END IF;
	IF default_shard IS NOT NULL AND (shards IS NULL OR default_shard NOT BETWEEN 0 AND shards - 1) THEN
		RAISE undefined_object USING MESSAGE = format('shard %s of map "%s" does not exist', default_shard, map),
			DETAIL = 'The default shard must be one of the shards that are made with the map.',
			HINT = 'Give shards as well, or SELECT mosaic.shard_set_default(map, shard) later.';
	END IF;
	-- A client that still has a map of this name must see that this one is newer.
	SELECT coalesce(max(h.epoch), 0) + 1 INTO first_epoch FROM mosaic.shard_map_history h WHERE h.map = shard_map_create.map;
	INSERT INTO mosaic.shard_map (map, strategy, key_type, hash, slots, default_shard, epoch, base_epoch)
	VALUES (map, strategy, map_key_type, hash, slots, default_shard, first_epoch, first_epoch)
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RAISE duplicate_object USING MESSAGE = format('shard map "%s" already exists', map),
			HINT = 'Choose another name, or SELECT mosaic.shard_map_drop(map) first.';
	END IF;
	INSERT INTO mosaic.shard (map, shard_id, shard_name)
	SELECT shard_map_create.map, n, 'shard' || n FROM generate_series(0, shards - 1) n;
	-- The first `slots % shards` shards have a slot more than the others.
	INSERT INTO mosaic.shard_slot (map, slot, shard_id, epoch)
	SELECT shard_map_create.map, s,
		CASE WHEN s < slots % shards * (slots / shards + 1) THEN s / (slots / shards + 1)
			ELSE slots % shards + (s - slots % shards * (slots / shards + 1)) / (slots / shards) END,
		first_epoch
	FROM generate_series(0, slots - 1) s;
	PERFORM mosaic.shard_finish(map, 'create', jsonb_build_object('strategy', strategy, 'key_type', map_key_type::text, 'shards', shards,
		'slots', slots, 'hash', hash, 'default_shard', default_shard));
END
$$;
COMMENT ON FUNCTION mosaic.shard_map_create(text, text, regtype, integer, integer, text, integer) IS
	'makes a map; shards => n makes shards 0 to n-1, named shard0 and so on, and deals a slots map''s slots out to them; 42710 for a taken name, 42622 for one over 63 bytes, 42804 for an unsuitable key type, 22023 for a bad number or word';
REVOKE ALL ON FUNCTION mosaic.shard_map_create(text, text, regtype, integer, integer, text, integer) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_map_drop(map text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_lock(map);
BEGIN
	INSERT INTO mosaic.shard_map_history (map, epoch, change) VALUES (map, found_map.epoch + 1, 'drop');
	-- First: what goes with a map is no change of it.
	DELETE FROM mosaic.shard_map m WHERE m.map = shard_map_drop.map;
	DELETE FROM mosaic.shard_key k WHERE k.map = shard_map_drop.map;
	DELETE FROM mosaic.shard_range r WHERE r.map = shard_map_drop.map;
	DELETE FROM mosaic.shard_slot_size z WHERE z.map = shard_map_drop.map;
	DELETE FROM mosaic.shard_slot s WHERE s.map = shard_map_drop.map;
	DELETE FROM mosaic.shard s WHERE s.map = shard_map_drop.map;
END
$$;
COMMENT ON FUNCTION mosaic.shard_map_drop(text) IS 'forgets a map, all but its history; no row of any table moves; 42704 where there is none';
REVOKE ALL ON FUNCTION mosaic.shard_map_drop(text) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_set_default(map text, shard integer) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM mosaic.shard_begin(map);
	IF shard IS NOT NULL THEN
		PERFORM mosaic.shard_require(map, shard, takes_keys => true);
	END IF;
	UPDATE mosaic.shard_map m SET default_shard = shard, base_epoch = m.epoch WHERE m.map = shard_set_default.map;
	UPDATE mosaic.shard_slot s SET epoch = m.epoch FROM mosaic.shard_map m
	WHERE m.map = shard_set_default.map AND s.map = m.map AND s.shard_id IS NULL;
	PERFORM mosaic.shard_finish(map, 'set default', jsonb_build_object('shard', shard));
END
$$;
COMMENT ON FUNCTION mosaic.shard_set_default(text, integer) IS
	'the shard of keys that no other owns; NULL: none, such keys are an error; 42704 where there is no such map or shard, 55000 for a draining shard';
REVOKE ALL ON FUNCTION mosaic.shard_set_default(text, integer) FROM PUBLIC; -- grant to those who administer maps
