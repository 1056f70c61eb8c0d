-- Shards: giving keys to shards, and the rebalancing of slots.

CREATE FUNCTION mosaic.shard_require_slots(found_map mosaic.shard_map, slots int4multirange) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM mosaic.shard_require_strategy(found_map, 'slots');
	IF slots IS NULL OR isempty(slots) OR NOT slots <@ int4multirange(int4range(0, found_map.slots)) THEN
		RAISE invalid_parameter_value USING MESSAGE = format('slots of map "%s" are 0 to %s', found_map.map, found_map.slots - 1),
			DETAIL = format('The slots given are %s.', coalesce(slots::text, 'null')), HINT = 'Write slots as ''{[0,256)}''.';
	END IF;
END
$$;
COMMENT ON FUNCTION mosaic.shard_require_slots(mosaic.shard_map, int4multirange) IS 'internal: refuses slots that the map does not have (22023)';
REVOKE ALL ON FUNCTION mosaic.shard_require_slots(mosaic.shard_map, int4multirange) FROM PUBLIC; -- serves the administration functions

CREATE FUNCTION mosaic.shard_assign_slots(map text, shard integer, slots int4multirange) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_begin(map);
BEGIN
	PERFORM mosaic.shard_require_slots(found_map, slots);
	PERFORM mosaic.shard_require(map, shard, takes_keys => true);
	UPDATE mosaic.shard_slot s SET shard_id = shard, state = 'stable',
		epoch = CASE WHEN s.shard_id IS DISTINCT FROM shard THEN found_map.epoch ELSE s.epoch END
	WHERE s.map = shard_assign_slots.map AND s.slot <@ slots AND (s.shard_id IS DISTINCT FROM shard OR s.state <> 'stable');
	PERFORM mosaic.shard_finish(map, 'assign slots', jsonb_build_object('shard', shard, 'slots', slots::text));
END
$$;
COMMENT ON FUNCTION mosaic.shard_assign_slots(text, integer, int4multirange) IS
	'gives slots, such as {[0,256)}, to a shard; 22023 for slots that the map does not have, 55000 for a map without slots or a draining shard';
REVOKE ALL ON FUNCTION mosaic.shard_assign_slots(text, integer, int4multirange) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_mark_slots(map text, slots int4multirange, state text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_begin(map);
BEGIN
	PERFORM mosaic.shard_require_slots(found_map, slots);
	IF state IS NULL OR state NOT IN ('stable', 'moving', 'fenced') THEN
		RAISE invalid_parameter_value USING MESSAGE = format('unrecognized slot state "%s"', state), HINT = 'Use stable, moving or fenced.';
	END IF;
	UPDATE mosaic.shard_slot s SET state = shard_mark_slots.state
	WHERE s.map = shard_mark_slots.map AND s.slot <@ slots AND s.state <> shard_mark_slots.state;
	PERFORM mosaic.shard_finish(map, 'mark slots', jsonb_build_object('slots', slots::text, 'state', state));
END
$$;
COMMENT ON FUNCTION mosaic.shard_mark_slots(text, int4multirange, text) IS
	'says that slots are stable, being moved, or fenced, so that mosaic.shard_check() refuses them; the owner stays; assigning a slot makes it stable';
REVOKE ALL ON FUNCTION mosaic.shard_mark_slots(text, int4multirange, text) FROM PUBLIC; -- grant to those who move data

CREATE FUNCTION mosaic.shard_report_sizes(map text, slots integer[], bytes bigint[]) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_lock(map);
	wrong record;
BEGIN
	PERFORM mosaic.shard_require_strategy(found_map, 'slots');
	SELECT r.slot, r.size INTO wrong
	FROM unnest(slots, bytes) r (slot, size)
	WHERE r.slot IS NULL OR r.slot NOT BETWEEN 0 AND found_map.slots - 1 OR r.size IS NULL OR r.size < 0 LIMIT 1;
	IF FOUND THEN
		RAISE invalid_parameter_value USING MESSAGE = format('sizes of map "%s" must be a number of bytes for each slot', map),
			DETAIL = format('Slot %s was given the size %s.', coalesce(wrong.slot::text, 'null'), coalesce(wrong.size::text, 'null')),
			HINT = 'Give two arrays of one length: slots of the map, and their sizes.';
	END IF;
	INSERT INTO mosaic.shard_slot_size (map, slot, bytes)
	SELECT shard_report_sizes.map, r.slot, max(r.size) FROM unnest(slots, shard_report_sizes.bytes) r (slot, size) GROUP BY r.slot
	ON CONFLICT ON CONSTRAINT shard_slot_size_pkey DO UPDATE SET bytes = excluded.bytes, measured_at = now();
END
$$;
COMMENT ON FUNCTION mosaic.shard_report_sizes(text, integer[], bigint[]) IS
	'notes how many bytes slots hold, for plans by bytes; changes no epoch; 22023 for a slot that the map does not have, 55000 for a map without slots';
REVOKE ALL ON FUNCTION mosaic.shard_report_sizes(text, integer[], bigint[]) FROM PUBLIC; -- grant to those who measure shards

CREATE FUNCTION mosaic.shard_assign_range(map text, shard integer, lower text, upper text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_begin(map);
	low text := mosaic.shard_key_text(found_map.key_type, lower);
	high text := mosaic.shard_key_text(found_map.key_type, upper);
BEGIN
	PERFORM mosaic.shard_require_strategy(found_map, 'range');
	IF shard IS NULL THEN
		DELETE FROM mosaic.shard_range r WHERE r.map = shard_assign_range.map AND (r.lower, r.upper) IS NOT DISTINCT FROM (low, high);
		IF NOT FOUND THEN
			RAISE undefined_object USING MESSAGE = format('shard map "%s" has no such range', map),
				DETAIL = format('The range given is from %s to %s.', coalesce(low, 'no bound'), coalesce(high, 'no bound')),
				HINT = 'SELECT lower, upper FROM mosaic.shard_range shows the ranges.';
		END IF;
		UPDATE mosaic.shard_map m SET base_epoch = m.epoch WHERE m.map = shard_assign_range.map;
	ELSE
		PERFORM mosaic.shard_require(map, shard, takes_keys => true);
		UPDATE mosaic.shard_range r SET shard_id = shard, epoch = CASE WHEN r.shard_id <> shard THEN found_map.epoch ELSE r.epoch END
		WHERE r.map = shard_assign_range.map AND (r.lower, r.upper) IS NOT DISTINCT FROM (low, high);
		IF NOT FOUND THEN
			INSERT INTO mosaic.shard_range (map, lower, upper, shard_id, epoch) VALUES (map, low, high, shard, found_map.epoch);
		END IF;
	END IF;
	PERFORM mosaic.shard_finish(map, 'assign range', jsonb_build_object('shard', shard, 'lower', low, 'upper', high));
END
$$;
COMMENT ON FUNCTION mosaic.shard_assign_range(text, integer, text, text) IS
	'gives the keys from lower up to, not including, upper to a shard; NULL is no bound; the same bounds again move the range, and a NULL shard takes it out; instants without a zone are UTC; 23P01 where it overlaps another range, 22023 where it is empty';
REVOKE ALL ON FUNCTION mosaic.shard_assign_range(text, integer, text, text) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_check_key(key_type regtype, key text) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF key IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'a shard key must not be null';
	END IF;
	key := mosaic.shard_key_text(key_type, key);
	IF octet_length(key) > 1024 THEN
		RAISE invalid_parameter_value USING MESSAGE = 'shard key is too long',
			DETAIL = format('It has %s bytes; a key of a map has 1024 at most.', octet_length(key)), HINT = 'Use a digest of it as the key.';
	END IF;
	RETURN key;
END
$$;
COMMENT ON FUNCTION mosaic.shard_check_key(regtype, text) IS 'internal: a key as the catalogs spell it; 22004 for NULL, 22023 for one over 1,024 bytes';
REVOKE ALL ON FUNCTION mosaic.shard_check_key(regtype, text) FROM PUBLIC; -- serves the administration functions

CREATE FUNCTION mosaic.shard_assign_keys(map text, shard integer, keys text[]) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_begin(map);
	spelt text[];
BEGIN
	PERFORM mosaic.shard_require_strategy(found_map, 'list', 'directory');
	IF keys IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'argument "keys" must not be null';
	END IF;
	SELECT array_agg(DISTINCT mosaic.shard_check_key(found_map.key_type, k)) INTO spelt FROM unnest(keys) k;
	IF shard IS NULL THEN
		DELETE FROM mosaic.shard_key k WHERE k.map = shard_assign_keys.map AND k.key = ANY (spelt);
		UPDATE mosaic.shard_map m SET base_epoch = m.epoch WHERE m.map = shard_assign_keys.map;
	ELSE
		PERFORM mosaic.shard_require(map, shard, takes_keys => true);
		INSERT INTO mosaic.shard_key (map, key, shard_id, epoch)
		SELECT shard_assign_keys.map, k, shard, found_map.epoch FROM unnest(spelt) k
		ON CONFLICT ON CONSTRAINT shard_key_pkey DO UPDATE SET shard_id = excluded.shard_id, epoch = excluded.epoch
			WHERE shard_key.shard_id <> excluded.shard_id;
	END IF;
	PERFORM mosaic.shard_finish(map, 'assign keys', jsonb_build_object('shard', shard, 'keys', cardinality(keys)));
END
$$;
COMMENT ON FUNCTION mosaic.shard_assign_keys(text, integer, text[]) IS
	'gives keys of a list or directory to a shard, wherever they were before; a NULL shard takes them out; 55000 for a map of another strategy or a draining shard';
REVOKE ALL ON FUNCTION mosaic.shard_assign_keys(text, integer, text[]) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_assign_tenant(map text, shard integer, tenant text, schema_name name DEFAULT NULL, dbname name DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_begin(map);
	spelt text := mosaic.shard_check_key(found_map.key_type, tenant);
BEGIN
	PERFORM mosaic.shard_require_strategy(found_map, 'tenant');
	IF dbname ~ '=|://' THEN
		RAISE invalid_parameter_value USING MESSAGE = format('database name "%s" is not a plain name', dbname),
			DETAIL = 'Connection strings are not accepted, as they can hold users and passwords.', HINT = 'Give the name of the database alone.';
	END IF;
	IF shard IS NULL THEN
		DELETE FROM mosaic.shard_key k WHERE k.map = shard_assign_tenant.map AND k.key = spelt;
		UPDATE mosaic.shard_map m SET base_epoch = m.epoch WHERE m.map = shard_assign_tenant.map;
	ELSE
		PERFORM mosaic.shard_require(map, shard, takes_keys => true);
		INSERT INTO mosaic.shard_key (map, key, shard_id, schema_name, dbname, epoch)
		VALUES (map, spelt, shard, schema_name, dbname, found_map.epoch)
		ON CONFLICT ON CONSTRAINT shard_key_pkey DO UPDATE SET shard_id = excluded.shard_id, schema_name = excluded.schema_name,
			dbname = excluded.dbname, epoch = excluded.epoch;
	END IF;
	PERFORM mosaic.shard_finish(map, 'assign tenant',
		jsonb_build_object('shard', shard, 'tenant', spelt, 'schema_name', schema_name, 'dbname', dbname));
END
$$;
COMMENT ON FUNCTION mosaic.shard_assign_tenant(text, integer, text, name, name) IS
	'says in which shard, schema and database a tenant lives; a NULL shard takes the tenant out; 55000 for a map of another strategy or a draining shard';
REVOKE ALL ON FUNCTION mosaic.shard_assign_tenant(text, integer, text, name, name) FROM PUBLIC; -- grant to those who administer maps

CREATE FUNCTION mosaic.shard_rebalance_plan(map text, "by" text DEFAULT 'count', max_moves integer DEFAULT NULL,
	OUT step integer, OUT slot integer, OUT from_shard integer, OUT to_shard integer, OUT bytes bigint, OUT reason text) RETURNS SETOF record
	LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_shard_rebalance_plan';
COMMENT ON FUNCTION mosaic.shard_rebalance_plan(text, text, integer) IS
	'the fewest moves of slots that give every shard its share by weight, of the count of slots or, as last reported, of bytes; draining shards give all, and slots without an owner (from_shard NULL) get one; max_moves cuts the plan short; changes nothing; sizes, and a plan by them, are for roles that may SELECT from mosaic.shard_slot_size; 55000 for a map without slots, 42501';

CREATE FUNCTION mosaic.shard_rebalance_apply(map text, max_moves integer DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	found_map mosaic.shard_map := mosaic.shard_lock(map);
	moves integer;
BEGIN
	IF NOT EXISTS (SELECT FROM mosaic.shard_rebalance_plan(map, 'count', max_moves)) THEN
		RETURN found_map.epoch;
	END IF;
	found_map := mosaic.shard_begin(map);
	UPDATE mosaic.shard_slot s SET shard_id = p.to_shard, state = 'stable', epoch = found_map.epoch
	FROM mosaic.shard_rebalance_plan(shard_rebalance_apply.map, 'count', max_moves) p
	WHERE s.map = shard_rebalance_apply.map AND s.slot = p.slot;
	GET DIAGNOSTICS moves = ROW_COUNT;
	RETURN mosaic.shard_finish(map, 'rebalance', jsonb_build_object('moves', moves));
END
$$;
COMMENT ON FUNCTION mosaic.shard_rebalance_apply(text, integer) IS
	'gives slots their new owners as mosaic.shard_rebalance_plan() by count says, in the map only, and returns the epoch; the rows must have been moved';
REVOKE ALL ON FUNCTION mosaic.shard_rebalance_apply(text, integer) FROM PUBLIC; -- grant to those who administer maps
