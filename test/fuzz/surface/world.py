"""The database in which the surface is tried: something of each kind that a
function could be pointed at, some of it another role's."""

ROLES = ["CREATE EXTENSION pg_mosaic", "CREATE ROLE nobody LOGIN", "CREATE ROLE tenant LOGIN", "CREATE ROLE other", "GRANT CREATE ON SCHEMA public TO nobody, tenant, other"]

# Made again now and then, as the statements destroy them.
THINGS = [
    "CREATE TABLE orders (id integer, at timestamptz NOT NULL, region text) PARTITION BY RANGE (at)",
    "SELECT count(*) FROM mosaic.create_parent('orders', '1 month', 2, start_at => '2024-01-01', time_zone => 'UTC', reference_time => '2024-03-01')",
    "CREATE TABLE readings (id integer NOT NULL) PARTITION BY RANGE (id)", "SELECT count(*) FROM mosaic.create_parent('readings', '10')",
    "CREATE TABLE regions (code text) PARTITION BY LIST (code)", "SELECT count(*) FROM mosaic.create_parent('regions', lists => '{\"eu\": [\"DE\"]}', auto_lists => true)",
    "CREATE TABLE hashed (id integer) PARTITION BY HASH (id)", "SELECT count(*) FROM mosaic.create_parent('hashed', modulus => 3)",
    "CREATE TABLE tree (id integer, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)", "SELECT count(*) FROM mosaic.create_parent('tree', '1 year', 1, start_at => '2024-01-01')",
    "SELECT count(*) FROM mosaic.create_sub_parent('tree', 'HASH (id)', modulus => 2)",
    "CREATE TABLE plain (id integer)", "CREATE TABLE users (id integer PRIMARY KEY, name text)", "CREATE VIEW a_view AS SELECT 1 AS id", "CREATE MATERIALIZED VIEW a_matview AS SELECT 1 AS id",
    "CREATE SEQUENCE a_sequence", "CREATE TYPE a_type AS (x integer)", "CREATE DOMAIN a_domain AS integer CHECK (VALUE > 0)", "CREATE TYPE an_enum AS ENUM ('a', 'b')",
    "CREATE TABLE a_type_table OF a_type", "CREATE TABLE typed (k an_enum, d a_domain) PARTITION BY LIST (k)",
    'CREATE TABLE "Odd ""name"" ä" ("col""umn" integer PRIMARY KEY, "ä" text) PARTITION BY RANGE ("col""umn")',
    "CREATE FOREIGN DATA WRAPPER none", "CREATE SERVER none FOREIGN DATA WRAPPER none", "CREATE FOREIGN TABLE foreign_table (id integer) SERVER none",
    'CREATE SCHEMA "s p""ace"', 'CREATE TABLE "s p""ace"."' + "n" * 63 + '" (id bigint) PARTITION BY RANGE (id)',
    "SELECT count(*) FROM mosaic.create_parent('\"s p\"\"ace\".\"" + "n" * 63 + "\"', '1000', 2)",
    "CREATE UNLOGGED TABLE unlogged_set (at date) PARTITION BY RANGE (at)", "SELECT count(*) FROM mosaic.create_parent('unlogged_set', '1 week')",
    "CREATE TABLE identity_set (id integer NOT NULL, at timestamptz DEFAULT now(), twice integer GENERATED ALWAYS AS (id * 2) STORED, CHECK (id > 0)) PARTITION BY RANGE (id)",
    "SELECT count(*) FROM mosaic.create_parent('identity_set', '100', default_partition => true)", "INSERT INTO identity_set SELECT n FROM generate_series(1, 1000, 7) n",
    "CREATE TABLE secured (id integer) PARTITION BY RANGE (id)", "ALTER TABLE secured ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", "CREATE POLICY none ON secured USING (false)",
    "SELECT count(*) FROM mosaic.create_parent('secured', '10')",
    "CREATE TABLE excluding (r int4range) PARTITION BY RANGE (r)", "SELECT count(*) FROM mosaic.create_parent('excluding', '10')",
    "CREATE TABLE abroad (id integer) PARTITION BY RANGE (id)", "CREATE FOREIGN TABLE abroad_1 PARTITION OF abroad FOR VALUES FROM (0) TO (10) SERVER none", "SELECT count(*) FROM mosaic.create_parent('abroad', '10')",
    "CREATE TABLE child () INHERITS (plain)", "CREATE TABLE ruled (id integer)", "CREATE RULE none AS ON INSERT TO ruled DO INSTEAD NOTHING",
    "CREATE TABLE expressions (x text) PARTITION BY RANGE (lower(x), (length(x)))", "CREATE TABLE with_default (id integer, note text) PARTITION BY RANGE (id)",
    "CREATE TABLE with_default_default PARTITION OF with_default DEFAULT", "INSERT INTO with_default SELECT n FROM generate_series(-50, 50) n", "SELECT count(*) FROM mosaic.create_parent('with_default', '10', 2)",
    "CREATE TABLE far_set (at timestamptz) PARTITION BY RANGE (at)", "SELECT count(*) FROM mosaic.create_parent('far_set', '1 hour', 1, '3 hours', reference_time => now() - interval '10 hours')",
    "SELECT mosaic.watch('users')", "SELECT mosaic.watch('orders', ARRAY['o:{id}'], payload => 'row')", "SELECT mosaic.shard_map_create('users', shards => 4)",
    "SELECT mosaic.shard_map_create('places', 'list', 'text', shards => 2)", "SELECT mosaic.shard_map_create('days', 'range', 'date', shards => 2)",
    "SELECT mosaic.shard_map_create('homes', 'tenant', 'uuid', shards => 2)", "SELECT mosaic.shard_map_create('jumpy', 'jump', shards => 5)", "SELECT mosaic.shard_node_add('a', 'a.example.org')",
    "SELECT mosaic.shard_place('users', n, 'a') FROM generate_series(0, 3) n",
    "CREATE FUNCTION answer(jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT $1'",
]

TENANTS = [
    "CREATE TABLE tenants (id integer, at timestamptz) PARTITION BY RANGE (id)", "SELECT count(*) FROM mosaic.create_parent('tenants', '10', retention => '30')",
    "CREATE TABLE tenants_watched (id integer PRIMARY KEY, name text)", "SELECT mosaic.watch('tenants_watched', channel => 'tenants')",
    "CREATE TABLE tenants_lists (code text) PARTITION BY LIST (code)", "SELECT count(*) FROM mosaic.create_parent('tenants_lists', lists => '{\"eu\": [\"DE\"]}', auto_lists => true)",
]

# Rows, keys and addresses that the tenant has no right to see.
MARK = "zzsecret"
SECRETS = [
    "SET ROLE other", "CREATE TABLE secrets (id text, at date) PARTITION BY LIST (id)",
    f"SELECT count(*) FROM mosaic.create_parent('secrets', lists => '{{\"a\": [\"a\"]}}', default_partition => true)",
    f"INSERT INTO secrets VALUES ('{MARK}-row')", "CREATE TABLE secrets_watched (id text PRIMARY KEY)", "SELECT mosaic.watch('secrets_watched', channel => 'secrets')",
    f"INSERT INTO secrets_watched VALUES ('{MARK}-key')", "RESET ROLE",
    f"SELECT mosaic.shard_node_add('hidden', '{MARK}.example.org')", "SELECT mosaic.shard_map_create('hidden', 'directory', 'text', shards => 2), mosaic.shard_place('hidden', 0, 'hidden')",
    f"SELECT mosaic.shard_assign_keys('hidden', 0, '{{{MARK}-person}}')", f"SELECT mosaic.invalidate('{{{MARK}-manual}}', 'secrets')",
    f"UPDATE mosaic.invalidation_state SET hash_secret = '{MARK}-hmac'",
]

LAST = [
    # The tenant has what everybody has; nobody may call everything.
    "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA mosaic TO nobody",
    # A user's event trigger that fails when it likes.
    "CREATE FUNCTION grumble() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN IF random() < 0.02 THEN RAISE ''grumpy''; END IF; END'",
    "CREATE EVENT TRIGGER grumpy ON ddl_command_end EXECUTE FUNCTION grumble()",
]

ROUTINES = r"""SELECT prokind::text, proname::text, ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) WITH ORDINALITY a (t, n) ORDER BY n), coalesce(proargnames, '{}'), provariadic <> 0,
        pronargdefaults::integer, oid::regprocedure::text
    FROM pg_proc WHERE pronamespace = 'mosaic'::regnamespace AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype) ORDER BY oid"""
TRIGGER_FUNCTIONS = "SELECT proname::text FROM pg_proc WHERE pronamespace = 'mosaic'::regnamespace AND prorettype = 'trigger'::regtype ORDER BY 1"
CONFIGURED = """SELECT c.relname::text, array_agg(a.attname::text || '/' || format_type(a.atttypid, NULL) ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'mosaic'::regnamespace AND c.relkind = 'r' GROUP BY 1 ORDER BY 1"""
VIEWS = "SELECT relname::text FROM pg_class WHERE relnamespace = 'mosaic'::regnamespace AND relkind IN ('v', 'r') ORDER BY 1"
