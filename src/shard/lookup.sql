-- Shards: asking a map.  Each lookup comes for every key type, for literals and
-- untyped parameters (text) and, as "any", for all other types, to say why they
-- cannot be keys.

DO $$
DECLARE
	lookup record;
	key_type text;
BEGIN
	FOR lookup IN VALUES
		('shard_for', '', 'integer',
		 'id of the shard that owns the key'),
		('shard_name_for', '', 'text',
		 'name of the shard that owns the key'),
		('shard_slot_for', '', 'integer',
		 'slot of the key in a slots map, 0 to slots-1; 55000 for a map without slots'),
		('shard_location', ', OUT shard_id integer, OUT shard_name text, OUT node_name text, OUT fdw_server name, OUT schema_name name, OUT dbname name, OUT epoch bigint, OUT slot_state text', '',
		 'where the key lives: shard, node, foreign server, schema and database, the map''s epoch and the slot''s state (stable, moving, fenced)'),
		('shard_dsn_for', ', role text DEFAULT ''primary''', 'text',
		 'libpq connection string, without user and password, of the key''s shard; role is primary or replica (22023); 55000 where the shard has no such node'),
		('shard_check', ', epoch bigint', 'void',
		 'raises 40001 where the key''s owner has changed since that epoch of the map, or its slot is fenced')
	LOOP
		FOREACH key_type IN ARRAY ARRAY['bigint', 'integer', 'smallint', 'text', 'uuid', 'bytea', 'date', 'timestamptz', '"any"'] LOOP
			EXECUTE format('CREATE FUNCTION mosaic.%I(map text, key %s%s) %s LANGUAGE C STABLE STRICT PARALLEL SAFE AS ''MODULE_PATHNAME'', %L',
				lookup.column1, key_type, lookup.column2,
				CASE WHEN lookup.column3 <> '' THEN 'RETURNS ' || lookup.column3 ELSE '' END, 'mosaic_' || lookup.column1);
			EXECUTE format('COMMENT ON FUNCTION mosaic.%I(text, %s%s) IS %L', lookup.column1, key_type,
				CASE lookup.column1 WHEN 'shard_dsn_for' THEN ', text' WHEN 'shard_check' THEN ', bigint' ELSE '' END,
				lookup.column4 || '; 42704 where there is no such map, P0002 where no shard owns the key, 42804 for a key of an unsuitable type');
			-- Where servers are is for routers: grant it to the roles they log in as.
			IF lookup.column1 = 'shard_dsn_for' THEN
				EXECUTE format('REVOKE ALL ON FUNCTION mosaic.shard_dsn_for(text, %s, text) FROM PUBLIC', key_type);
			END IF;
		END LOOP;
	END LOOP;
END
$$;

CREATE FUNCTION mosaic.shard_split(map text, keys anyarray, OUT shard_id integer, OUT keys anyarray) RETURNS SETOF record
	LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 16 AS 'MODULE_PATHNAME', 'mosaic_shard_split';
COMMENT ON FUNCTION mosaic.shard_split(text, anyarray) IS
	'the keys of each shard, in the order given, one row a shard by ascending id, nulls under a null id; errors as of mosaic.shard_for()';

CREATE FUNCTION mosaic.shard_split(map text, keys text, OUT shard_id integer, OUT keys text[]) RETURNS SETOF record
	LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 16 AS 'MODULE_PATHNAME', 'mosaic_shard_split_text';
COMMENT ON FUNCTION mosaic.shard_split(text, text) IS
	'the same for keys given as an array literal, such as {1,2,3}, read as keys of the map''s type';

CREATE FUNCTION mosaic.shard_map_epoch(map text) RETURNS bigint
	LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_map_epoch';
COMMENT ON FUNCTION mosaic.shard_map_epoch(text) IS 'epoch of the map as of the last commit; 42704 where there is no such map';
