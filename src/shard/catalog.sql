-- Shards: the catalogs of maps.  They hold no secrets, and are changed by the
-- functions of admin.sql; the triggers keep caches and epochs right even where
-- a superuser writes to them directly.
--
-- No foreign keys between them: pg_restore -j loads the tables of an extension
-- in any order, and would lose those that come before what they refer to.  The
-- functions see to it that what is referred to exists, and nobody reads a map
-- that has not been checked as a whole.

CREATE TABLE mosaic.shard_map (
	map text COLLATE "C" PRIMARY KEY CHECK (octet_length(map) BETWEEN 1 AND 63),
	strategy text NOT NULL
		CHECK (strategy IN ('slots', 'modulo', 'md5', 'sha256', 'jump', 'rendezvous', 'range', 'list', 'directory', 'tenant')),
	key_type regtype NOT NULL,
	hash text NOT NULL DEFAULT 'native' CHECK (hash IN ('native', 'md5', 'sha256', 'crc16')),
	slots integer CHECK (slots BETWEEN 1 AND 65536 AND slots & (slots - 1) = 0),
	default_shard integer,
	epoch bigint NOT NULL DEFAULT 1 CHECK (epoch BETWEEN 1 AND 9007199254740991), -- which JSON carries safely
	base_epoch bigint NOT NULL DEFAULT 1,
	changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
	CHECK ((strategy = 'slots') = (slots IS NOT NULL))
);
COMMENT ON TABLE mosaic.shard_map IS 'shard maps: how keys find their shard';
COMMENT ON COLUMN mosaic.shard_map.map IS 'name of the map, up to 63 bytes';
COMMENT ON COLUMN mosaic.shard_map.strategy IS 'slots, modulo, md5, sha256, jump, rendezvous, range, list, directory or tenant';
COMMENT ON COLUMN mosaic.shard_map.key_type IS 'bigint, text, uuid, bytea, date or timestamptz';
COMMENT ON COLUMN mosaic.shard_map.hash IS 'slots maps: how a key finds its slot';
COMMENT ON COLUMN mosaic.shard_map.slots IS 'slots maps: number of slots, a power of two';
COMMENT ON COLUMN mosaic.shard_map.default_shard IS 'shard of the keys that no other owns; NULL: they are an error';
COMMENT ON COLUMN mosaic.shard_map.epoch IS 'grows by one in each transaction that changes the map';
COMMENT ON COLUMN mosaic.shard_map.base_epoch IS 'epoch in which the owner of keys without slot, range or entry last changed';
COMMENT ON COLUMN mosaic.shard_map.changed_in IS 'transaction of the last change';

CREATE TABLE mosaic.shard_node (
	node text COLLATE "C" PRIMARY KEY CHECK (octet_length(node) BETWEEN 1 AND 63),
	host text NOT NULL,
	port integer NOT NULL DEFAULT 5432 CHECK (port BETWEEN 1 AND 65535),
	dbname text NOT NULL,
	role text NOT NULL DEFAULT 'primary' CHECK (role IN ('primary', 'replica')),
	primary_node text COLLATE "C",
	zone text,
	weight integer NOT NULL DEFAULT 1 CHECK (weight >= 0),
	fdw_server name,
	options jsonb NOT NULL DEFAULT '{}',
	conninfo text NOT NULL,
	CHECK ((role = 'replica') = (primary_node IS NOT NULL))
);
COMMENT ON TABLE mosaic.shard_node IS 'servers on which shards live, as clients reach them; never users or passwords';
COMMENT ON COLUMN mosaic.shard_node.weight IS 'replicas: share of the keys that are read there; 0: none';
COMMENT ON COLUMN mosaic.shard_node.fdw_server IS 'foreign server that reaches the node from this database';
COMMENT ON COLUMN mosaic.shard_node.options IS 'further libpq parameters, such as {"sslmode": "verify-full"}';
COMMENT ON COLUMN mosaic.shard_node.conninfo IS 'host, port and options as libpq reads them; kept by a trigger';

CREATE TABLE mosaic.shard (
	map text COLLATE "C" NOT NULL,
	shard_id integer NOT NULL CHECK (shard_id >= 0),
	shard_name text COLLATE "C" NOT NULL CHECK (octet_length(shard_name) BETWEEN 1 AND 63),
	node text COLLATE "C",
	weight integer NOT NULL DEFAULT 1 CHECK (weight >= 0),
	draining boolean NOT NULL DEFAULT false,
	PRIMARY KEY (map, shard_id),
	UNIQUE (map, shard_name) DEFERRABLE -- an import may swap names
);
COMMENT ON TABLE mosaic.shard IS 'shards of a map';
COMMENT ON COLUMN mosaic.shard.node IS 'where it lives; NULL: not said';
COMMENT ON COLUMN mosaic.shard.weight IS 'share of the keys that it should own, relative to the other shards';
COMMENT ON COLUMN mosaic.shard.draining IS 'it should own nothing and is given nothing';

CREATE TABLE mosaic.shard_slot (
	map text COLLATE "C" NOT NULL,
	slot integer NOT NULL CHECK (slot >= 0),
	shard_id integer,
	state text NOT NULL DEFAULT 'stable' CHECK (state IN ('stable', 'moving', 'fenced')),
	epoch bigint NOT NULL,
	PRIMARY KEY (map, slot)
);
COMMENT ON TABLE mosaic.shard_slot IS 'slots of a map of strategy slots and the shards that own them';
COMMENT ON COLUMN mosaic.shard_slot.shard_id IS 'owner; NULL: the default shard';
COMMENT ON COLUMN mosaic.shard_slot.state IS 'stable; moving: its rows are being copied; fenced: nobody should write to it';
COMMENT ON COLUMN mosaic.shard_slot.epoch IS 'epoch in which the owner last changed';

CREATE TABLE mosaic.shard_slot_size (
	map text COLLATE "C" NOT NULL,
	slot integer NOT NULL,
	bytes bigint NOT NULL CHECK (bytes >= 0),
	measured_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (map, slot)
);
COMMENT ON TABLE mosaic.shard_slot_size IS 'sizes of slots as last reported, for mosaic.shard_rebalance_plan(by => ''bytes'')';

CREATE TABLE mosaic.shard_range (
	map text COLLATE "C" NOT NULL,
	lower text COLLATE "C",
	upper text COLLATE "C",
	shard_id integer NOT NULL,
	epoch bigint NOT NULL
);
CREATE INDEX shard_range_map_idx ON mosaic.shard_range (map);
ALTER TABLE mosaic.shard_range REPLICA IDENTITY FULL; -- no key: bounds may be open
COMMENT ON TABLE mosaic.shard_range IS 'ranges of a map of strategy range and the shards that own them';
COMMENT ON COLUMN mosaic.shard_range.lower IS 'first key of the range; NULL: no bound';
COMMENT ON COLUMN mosaic.shard_range.upper IS 'first key after the range; NULL: no bound';
COMMENT ON COLUMN mosaic.shard_range.epoch IS 'epoch in which the owner last changed';

CREATE TABLE mosaic.shard_key (
	map text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL CHECK (octet_length(key) <= 1024),
	shard_id integer NOT NULL,
	schema_name name,
	dbname name,
	epoch bigint NOT NULL,
	PRIMARY KEY (map, key)
);
CREATE INDEX shard_key_shard_idx ON mosaic.shard_key (map, shard_id);
COMMENT ON TABLE mosaic.shard_key IS 'keys of a map of strategy list, directory or tenant and the shards that own them';
COMMENT ON COLUMN mosaic.shard_key.key IS 'the key as its type writes it, in UTC and ISO style, up to 1,024 bytes';
COMMENT ON COLUMN mosaic.shard_key.schema_name IS 'tenants: the schema of the tenant';
COMMENT ON COLUMN mosaic.shard_key.dbname IS 'tenants: the database of the tenant; NULL: the node''s';
COMMENT ON COLUMN mosaic.shard_key.epoch IS 'epoch in which the owner last changed';

CREATE TABLE mosaic.shard_map_history (
	change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	map text COLLATE "C" NOT NULL,
	epoch bigint NOT NULL,
	change text NOT NULL,
	detail jsonb NOT NULL DEFAULT '{}',
	changed_at timestamptz NOT NULL DEFAULT now(),
	changed_by name NOT NULL DEFAULT session_user
);
CREATE INDEX shard_map_history_map_idx ON mosaic.shard_map_history (map, epoch);
COMMENT ON TABLE mosaic.shard_map_history IS 'what was changed in shard maps, when and by whom; outlives the maps';

SELECT pg_catalog.pg_extension_config_dump('mosaic.shard_map', '');
SELECT pg_catalog.pg_extension_config_dump('mosaic.shard_node', '');
SELECT pg_catalog.pg_extension_config_dump('mosaic.shard', '');
SELECT pg_catalog.pg_extension_config_dump('mosaic.shard_slot', '');
SELECT pg_catalog.pg_extension_config_dump('mosaic.shard_slot_size', '');
SELECT pg_catalog.pg_extension_config_dump('mosaic.shard_range', '');
SELECT pg_catalog.pg_extension_config_dump('mosaic.shard_key', '');
SELECT pg_catalog.pg_extension_config_dump('mosaic.shard_map_history', '');
SELECT pg_catalog.pg_extension_config_dump('mosaic.shard_map_history_change_id_seq', '');

-- What anyone may read: how keys are routed.  The keys of directories can be
-- personal data, nodes are nobody's business but a router's, and history names
-- people: grant SELECT on those to the roles that need them.
GRANT SELECT ON mosaic.shard_map, mosaic.shard, mosaic.shard_slot, mosaic.shard_range TO PUBLIC;
REVOKE ALL ON mosaic.shard_key, mosaic.shard_node, mosaic.shard_map_history, mosaic.shard_slot_size FROM PUBLIC;

-- Caches.  ALWAYS: whatever session_replication_role is.  What applies a logical
-- replication stream fires triggers for rows only, and has such of its own.
CREATE FUNCTION mosaic.shard_signal_change() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'mosaic_shard_signal_change';
COMMENT ON FUNCTION mosaic.shard_signal_change() IS 'internal: tells every session, at commit, that shard maps may have changed';
REVOKE ALL ON FUNCTION mosaic.shard_signal_change() FROM PUBLIC; -- serves triggers only

CREATE TRIGGER signal_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON mosaic.shard_map EXECUTE FUNCTION mosaic.shard_signal_change();
CREATE TRIGGER signal_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON mosaic.shard_node EXECUTE FUNCTION mosaic.shard_signal_change();
CREATE TRIGGER signal_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON mosaic.shard EXECUTE FUNCTION mosaic.shard_signal_change();
CREATE TRIGGER signal_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON mosaic.shard_slot EXECUTE FUNCTION mosaic.shard_signal_change();
CREATE TRIGGER signal_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON mosaic.shard_range EXECUTE FUNCTION mosaic.shard_signal_change();
CREATE TRIGGER signal_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON mosaic.shard_key EXECUTE FUNCTION mosaic.shard_signal_change();
CREATE TRIGGER signal_replicated AFTER INSERT OR UPDATE OR DELETE ON mosaic.shard_map FOR EACH ROW EXECUTE FUNCTION mosaic.shard_signal_change();
CREATE TRIGGER signal_replicated AFTER INSERT OR UPDATE OR DELETE ON mosaic.shard_node FOR EACH ROW EXECUTE FUNCTION mosaic.shard_signal_change();
CREATE TRIGGER signal_replicated AFTER INSERT OR UPDATE OR DELETE ON mosaic.shard FOR EACH ROW EXECUTE FUNCTION mosaic.shard_signal_change();
CREATE TRIGGER signal_replicated AFTER INSERT OR UPDATE OR DELETE ON mosaic.shard_slot FOR EACH ROW EXECUTE FUNCTION mosaic.shard_signal_change();
CREATE TRIGGER signal_replicated AFTER INSERT OR UPDATE OR DELETE ON mosaic.shard_range FOR EACH ROW EXECUTE FUNCTION mosaic.shard_signal_change();
CREATE TRIGGER signal_replicated AFTER INSERT OR UPDATE OR DELETE ON mosaic.shard_key FOR EACH ROW EXECUTE FUNCTION mosaic.shard_signal_change();
ALTER TABLE mosaic.shard_map ENABLE ALWAYS TRIGGER signal_change, ENABLE REPLICA TRIGGER signal_replicated;
ALTER TABLE mosaic.shard_node ENABLE ALWAYS TRIGGER signal_change, ENABLE REPLICA TRIGGER signal_replicated;
ALTER TABLE mosaic.shard ENABLE ALWAYS TRIGGER signal_change, ENABLE REPLICA TRIGGER signal_replicated;
ALTER TABLE mosaic.shard_slot ENABLE ALWAYS TRIGGER signal_change, ENABLE REPLICA TRIGGER signal_replicated;
ALTER TABLE mosaic.shard_range ENABLE ALWAYS TRIGGER signal_change, ENABLE REPLICA TRIGGER signal_replicated;
ALTER TABLE mosaic.shard_key ENABLE ALWAYS TRIGGER signal_change, ENABLE REPLICA TRIGGER signal_replicated;

-- Epochs: the first change of a map in a transaction writes its row.
CREATE FUNCTION mosaic.shard_map_stamp() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF TG_OP = 'UPDATE' THEN
		NEW.epoch := greatest(NEW.epoch, OLD.epoch + (OLD.changed_in <> pg_current_xact_id())::integer);
	END IF;
	NEW.changed_in := pg_current_xact_id();
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION mosaic.shard_map_stamp() IS 'internal: raises the epoch of a map once a transaction';
REVOKE ALL ON FUNCTION mosaic.shard_map_stamp() FROM PUBLIC; -- serves triggers only

-- ALWAYS: a transaction of another server means nothing here.
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON mosaic.shard_map
	FOR EACH ROW EXECUTE FUNCTION mosaic.shard_map_stamp();
ALTER TABLE mosaic.shard_map ENABLE ALWAYS TRIGGER stamp;

-- Equal notifications of a transaction are sent once, by the server.
CREATE FUNCTION mosaic.shard_map_announce() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		PERFORM pg_notify('shard_map', jsonb_build_object('map', OLD.map, 'epoch', NULL)::text);
	ELSE
		PERFORM pg_notify('shard_map', jsonb_build_object('map', NEW.map, 'epoch', NEW.epoch)::text);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION mosaic.shard_map_announce() IS 'internal: NOTIFY shard_map with the map and its new epoch, or a null epoch where the map is gone';
REVOKE ALL ON FUNCTION mosaic.shard_map_announce() FROM PUBLIC; -- serves triggers only

CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON mosaic.shard_map
	FOR EACH ROW EXECUTE FUNCTION mosaic.shard_map_announce();

-- In the order of their names, lest two that change several maps wait for each other.
CREATE FUNCTION mosaic.shard_touch_maps(maps text[]) RETURNS void
	LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM FROM mosaic.shard_map m WHERE m.map = ANY (maps) AND m.changed_in <> pg_current_xact_id() ORDER BY m.map FOR NO KEY UPDATE;
	UPDATE mosaic.shard_map m SET map = m.map WHERE m.map = ANY (maps) AND m.changed_in <> pg_current_xact_id();
END
$$;
COMMENT ON FUNCTION mosaic.shard_touch_maps(text[]) IS 'internal: raises the epoch of maps, once a transaction';
REVOKE ALL ON FUNCTION mosaic.shard_touch_maps(text[]) FROM PUBLIC; -- serves triggers only

-- The rows that changed are in `changed`, as they were before in `before`.
CREATE FUNCTION mosaic.shard_touch() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		PERFORM mosaic.shard_touch_maps(ARRAY(SELECT m.map FROM mosaic.shard_map m));
	ELSIF TG_OP = 'UPDATE' THEN
		PERFORM mosaic.shard_touch_maps(ARRAY(SELECT c.map FROM changed c UNION SELECT b.map FROM before b));
	ELSE
		PERFORM mosaic.shard_touch_maps(ARRAY(SELECT DISTINCT c.map FROM changed c));
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION mosaic.shard_touch() IS 'internal: raises the epoch of the maps whose shards, slots, ranges or keys changed';
REVOKE ALL ON FUNCTION mosaic.shard_touch() FROM PUBLIC; -- serves triggers only

CREATE TRIGGER touch_insert AFTER INSERT ON mosaic.shard REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_update AFTER UPDATE ON mosaic.shard REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_delete AFTER DELETE ON mosaic.shard REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_truncate AFTER TRUNCATE ON mosaic.shard FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_insert AFTER INSERT ON mosaic.shard_slot REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_update AFTER UPDATE ON mosaic.shard_slot REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_delete AFTER DELETE ON mosaic.shard_slot REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_truncate AFTER TRUNCATE ON mosaic.shard_slot FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_insert AFTER INSERT ON mosaic.shard_range REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_update AFTER UPDATE ON mosaic.shard_range REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_delete AFTER DELETE ON mosaic.shard_range REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_truncate AFTER TRUNCATE ON mosaic.shard_range FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_insert AFTER INSERT ON mosaic.shard_key REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_update AFTER UPDATE ON mosaic.shard_key REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_delete AFTER DELETE ON mosaic.shard_key REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();
CREATE TRIGGER touch_truncate AFTER TRUNCATE ON mosaic.shard_key FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_touch();

-- A node is part of every map that has a shard on it or on its primary.
CREATE FUNCTION mosaic.shard_node_touch() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	nodes text[];
BEGIN
	IF TG_OP = 'UPDATE' THEN
		nodes := ARRAY(SELECT unnest(ARRAY[n.node, n.primary_node]) FROM (TABLE changed UNION ALL TABLE before) n);
	ELSE
		nodes := ARRAY(SELECT unnest(ARRAY[c.node, c.primary_node]) FROM changed c);
	END IF;
	PERFORM mosaic.shard_touch_maps(ARRAY(SELECT DISTINCT s.map FROM mosaic.shard s WHERE s.node = ANY (nodes)));
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION mosaic.shard_node_touch() IS 'internal: raises the epoch of the maps whose nodes changed';
REVOKE ALL ON FUNCTION mosaic.shard_node_touch() FROM PUBLIC; -- serves triggers only

CREATE TRIGGER touch_insert AFTER INSERT ON mosaic.shard_node REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_node_touch();
CREATE TRIGGER touch_update AFTER UPDATE ON mosaic.shard_node REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_node_touch();
CREATE TRIGGER touch_delete AFTER DELETE ON mosaic.shard_node REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mosaic.shard_node_touch();

-- A change of owner that does not say its epoch gets the one it makes.
CREATE FUNCTION mosaic.shard_entry_stamp() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	SELECT m.epoch + (m.changed_in <> pg_current_xact_id())::integer INTO NEW.epoch FROM mosaic.shard_map m WHERE m.map = NEW.map;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION mosaic.shard_entry_stamp() IS 'internal: the epoch of a slot, range or key whose owner was changed directly';
REVOKE ALL ON FUNCTION mosaic.shard_entry_stamp() FROM PUBLIC; -- serves triggers only

CREATE TRIGGER stamp BEFORE UPDATE ON mosaic.shard_slot FOR EACH ROW
	WHEN (NEW.shard_id IS DISTINCT FROM OLD.shard_id AND NEW.epoch = OLD.epoch) EXECUTE FUNCTION mosaic.shard_entry_stamp();
CREATE TRIGGER stamp BEFORE UPDATE ON mosaic.shard_range FOR EACH ROW
	WHEN (NEW.shard_id <> OLD.shard_id AND NEW.epoch = OLD.epoch) EXECUTE FUNCTION mosaic.shard_entry_stamp();
CREATE TRIGGER stamp BEFORE UPDATE ON mosaic.shard_key FOR EACH ROW
	WHEN (NEW.shard_id <> OLD.shard_id AND NEW.epoch = OLD.epoch) EXECUTE FUNCTION mosaic.shard_entry_stamp();

-- Nodes: what libpq may be told, and no more.
CREATE FUNCTION mosaic.shard_node_check() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	allowed CONSTANT text[] := '{application_name,channel_binding,client_encoding,connect_timeout,fallback_application_name,gssencmode,hostaddr,
		keepalives,keepalives_count,keepalives_idle,keepalives_interval,krbsrvname,load_balance_hosts,options,require_auth,ssl_max_protocol_version,
		ssl_min_protocol_version,sslcert,sslcertmode,sslcompression,sslcrl,sslcrldir,sslkey,sslmode,sslnegotiation,sslrootcert,sslsni,
		target_session_attrs,tcp_user_timeout}';
	option record;
BEGIN
	IF jsonb_typeof(NEW.options) <> 'object' THEN
		RAISE invalid_parameter_value USING MESSAGE = 'options of a node must be a JSON object',
			HINT = 'Write options as ''{"sslmode": "verify-full"}''.';
	END IF;
	-- A connection string in the place of a name could bring a password along.
	IF NEW.host = '' OR NEW.host ~ '[=@''[:space:]]|://' OR NEW.dbname = '' OR NEW.dbname ~ '=|://' THEN
		RAISE invalid_parameter_value USING MESSAGE = format('host or database name of node "%s" is not a plain name', NEW.node),
			DETAIL = 'Connection strings are not accepted, as they can hold users and passwords.',
			HINT = 'Give host, port and dbname as arguments of their own.';
	END IF;
	FOR option IN SELECT o.key, o.value FROM jsonb_each_text(NEW.options) o ORDER BY o.key COLLATE "C" LOOP
		IF option.key <> ALL (allowed) THEN
			RAISE invalid_parameter_value USING MESSAGE = format('option "%s" is not allowed for a node', option.key),
				DETAIL = 'A node holds no users, passwords or other secrets.',
				HINT = 'Keep credentials in a password file, a service file or a user mapping.';
		END IF;
		IF option.value IS NULL OR option.value ~* '(password|passfile)[[:space:]]*=' THEN
			RAISE invalid_parameter_value USING MESSAGE = format('value of option "%s" is not allowed for a node', option.key),
				DETAIL = 'A node holds no users, passwords or other secrets.',
				HINT = 'Keep credentials in a password file, a service file or a user mapping.';
		END IF;
	END LOOP;
	SELECT string_agg(p.key || '=' || CASE WHEN p.value ~ '^[A-Za-z0-9_.:/*-]+$' THEN p.value
			ELSE '''' || replace(replace(p.value, '\', '\\'), '''', '\''') || '''' END, ' ' ORDER BY p.place, p.key COLLATE "C")
	INTO NEW.conninfo
	FROM (SELECT 1 AS place, 'host' AS key, NEW.host AS value
		UNION ALL SELECT 2, 'port', NEW.port::text
		UNION ALL SELECT 3, o.key, o.value FROM jsonb_each_text(NEW.options) o) p;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION mosaic.shard_node_check() IS 'internal: refuses secrets in nodes (22023) and keeps their conninfo';
REVOKE ALL ON FUNCTION mosaic.shard_node_check() FROM PUBLIC; -- serves triggers only

CREATE TRIGGER check_node BEFORE INSERT OR UPDATE ON mosaic.shard_node
	FOR EACH ROW EXECUTE FUNCTION mosaic.shard_node_check();

COMMENT ON COLUMN mosaic.shard.map IS 'the map';
COMMENT ON COLUMN mosaic.shard.shard_id IS 'number of the shard within its map';
COMMENT ON COLUMN mosaic.shard.shard_name IS 'name of the shard within its map';
COMMENT ON COLUMN mosaic.shard_key.map IS 'the map';
COMMENT ON COLUMN mosaic.shard_key.shard_id IS 'the shard that owns the key';
COMMENT ON COLUMN mosaic.shard_range.map IS 'the map';
COMMENT ON COLUMN mosaic.shard_range.shard_id IS 'the shard that owns the range';
COMMENT ON COLUMN mosaic.shard_slot.map IS 'the map';
COMMENT ON COLUMN mosaic.shard_slot.slot IS 'number of the slot, 0 to slots-1';
COMMENT ON COLUMN mosaic.shard_slot_size.map IS 'the map';
COMMENT ON COLUMN mosaic.shard_slot_size.slot IS 'number of the slot';
COMMENT ON COLUMN mosaic.shard_slot_size.bytes IS 'size of the slot''s rows, in bytes';
COMMENT ON COLUMN mosaic.shard_slot_size.measured_at IS 'when it was reported';
COMMENT ON COLUMN mosaic.shard_node.node IS 'name of the node';
COMMENT ON COLUMN mosaic.shard_node.host IS 'host name or address, as clients reach it';
COMMENT ON COLUMN mosaic.shard_node.port IS 'TCP port';
COMMENT ON COLUMN mosaic.shard_node.dbname IS 'database on the node';
COMMENT ON COLUMN mosaic.shard_node.role IS 'primary or replica';
COMMENT ON COLUMN mosaic.shard_node.primary_node IS 'replicas: the node that they follow';
COMMENT ON COLUMN mosaic.shard_node.zone IS 'where the node stands, for whoever reads nearby; NULL: not said';
COMMENT ON COLUMN mosaic.shard_map_history.change_id IS 'number of the change';
COMMENT ON COLUMN mosaic.shard_map_history.map IS 'the map, which may be gone';
COMMENT ON COLUMN mosaic.shard_map_history.epoch IS 'epoch that the change led to';
COMMENT ON COLUMN mosaic.shard_map_history.change IS 'the function that made it';
COMMENT ON COLUMN mosaic.shard_map_history.detail IS 'its arguments';
COMMENT ON COLUMN mosaic.shard_map_history.changed_at IS 'when';
COMMENT ON COLUMN mosaic.shard_map_history.changed_by IS 'the role that called it';
