"""What a session says next."""
import json

from surface import world
from surface.values import JSONS, RELATIONS, WORDS, Values, quoted

ISOLATION = ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")

TRANSACTIONS = (
    "BEGIN", "BEGIN", "ROLLBACK", "ROLLBACK", "COMMIT", "COMMIT", "SAVEPOINT s", "SAVEPOINT t", "ROLLBACK TO s", "ROLLBACK TO t", "RELEASE s", "COMMIT AND CHAIN",
    "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE", "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN ISOLATION LEVEL SERIALIZABLE", "BEGIN READ ONLY",
    "PREPARE TRANSACTION 'fuzz'", "ROLLBACK PREPARED 'fuzz'", "COMMIT PREPARED 'fuzz'")

SETTINGS = (
    "SET TimeZone = 'Pacific/Apia'", "SET TimeZone = 'Europe/Berlin'", "SET DateStyle = 'German, DMY'", "SET IntervalStyle = 'iso_8601'", "SET search_path = pg_temp, public", "SET search_path = ''",
    "RESET ALL", "SET mosaic.max_keys = 0", "SET mosaic.max_drops = 0", "SET default_transaction_isolation = 'serializable'", "SET default_transaction_read_only = on", "DISCARD ALL",
    "SET bytea_output = 'escape'", "SET extra_float_digits = -15", "SET client_encoding = 'SQL_ASCII'", "SET row_security = off", "SET check_function_bodies = off", "SET session_replication_role = replica",
    "SET plan_cache_mode = force_generic_plan", "SET force_parallel_mode = on", "SET debug_parallel_query = on", "SET work_mem = '64kB'", "SET statement_timeout = '3ms'", "SET statement_timeout = '10s'", "SET lock_timeout = '1ms'",
    "SET idle_in_transaction_session_timeout = '20ms'", "SET ROLE nobody", "SET ROLE tenant", "SET ROLE other", "RESET ROLE", "SET SESSION AUTHORIZATION tenant", "RESET SESSION AUTHORIZATION",
    "LISTEN cache_invalidation", "LISTEN shard_map", "UNLISTEN *")

CHANGES = (
    "INSERT INTO users VALUES ((random() * 100)::integer, 'x') ON CONFLICT (id) DO UPDATE SET name = 'y'", "DELETE FROM users WHERE id < 50", "TRUNCATE users",
    "INSERT INTO users SELECT n, repeat('z', 3000) FROM generate_series(1, 2000) n ON CONFLICT DO NOTHING", "MERGE INTO users u USING generate_series(1, 20) n ON u.id = n WHEN MATCHED THEN UPDATE SET name = 'm'",
    "INSERT INTO orders SELECT n, '2024-01-01'::timestamptz + n * interval '9 days', 'x' FROM generate_series(0, 20) n", "UPDATE orders SET at = at + interval '31 days'", "DELETE FROM orders WHERE id > 3",
    "INSERT INTO readings VALUES ((random() * 1000)::integer)", "INSERT INTO readings SELECT n FROM generate_series(0, 60) n", "INSERT INTO regions VALUES (md5(random()::text)::text)",
    "INSERT INTO regions VALUES (repeat('k', 5000))", "INSERT INTO regions VALUES (NULL)", "INSERT INTO with_default SELECT (random() * 10000)::integer FROM generate_series(1, 10)",
    "INSERT INTO tree SELECT n, current_date FROM generate_series(1, 9) n ON CONFLICT DO NOTHING", "COPY (SELECT * FROM orders) TO '/dev/null'", "INSERT INTO tenants_watched VALUES (1, 'x') ON CONFLICT DO NOTHING",
    "UPDATE tenants_watched SET name = name || 'x'", "INSERT INTO tenants SELECT n FROM generate_series(0, 60) n", "INSERT INTO tenants_lists VALUES (md5(random()::text))")

DEFINITIONS = (
    "DROP TABLE IF EXISTS readings_p40", "DROP TABLE readings_p0", "ALTER TABLE users RENAME COLUMN name TO n2", "ALTER TABLE users RENAME COLUMN n2 TO name", "ALTER TABLE users ADD COLUMN IF NOT EXISTS z integer",
    "ALTER TABLE users DROP COLUMN IF EXISTS z", "ALTER TABLE users ALTER COLUMN name TYPE varchar(4000)", "ALTER TABLE users RENAME TO users2", "ALTER TABLE users2 RENAME TO users",
    "CREATE TABLE IF NOT EXISTS plain2 (LIKE plain)", "DROP TABLE IF EXISTS plain2", "ALTER TABLE orders DETACH PARTITION orders_p20240101", "ALTER TABLE orders DETACH PARTITION orders_p20240201 CONCURRENTLY",
    "ALTER TABLE orders DETACH PARTITION orders_p20240201 FINALIZE", "ALTER TABLE orders RENAME TO orders2", "ALTER TABLE orders2 RENAME TO orders", "ALTER TABLE orders SET SCHEMA pg_catalog",
    'ALTER TABLE readings SET SCHEMA "s p""ace"', 'ALTER TABLE "s p""ace".readings SET SCHEMA public', "ALTER TABLE orders OWNER TO tenant", "ALTER TABLE orders OWNER TO postgres", "ALTER TABLE tree OWNER TO nobody",
    "DROP TABLE hashed", "DROP TABLE regions", "DROP TABLE tree", "DROP TABLE with_default", "DROP TABLE users CASCADE", "CREATE INDEX ON orders (region)", "CREATE INDEX CONCURRENTLY IF NOT EXISTS u ON users (name)",
    "CREATE TABLE readings_x PARTITION OF readings FOR VALUES FROM (-1000) TO (-990)", "CREATE TABLE regions_default PARTITION OF regions DEFAULT", "CREATE TABLE readings_default PARTITION OF readings DEFAULT",
    "DROP TABLE readings_default", "ALTER TABLE readings ADD CHECK (id < 100000)", "ALTER TABLE orders ENABLE ROW LEVEL SECURITY", "ALTER TABLE orders DISABLE ROW LEVEL SECURITY", "DROP OWNED BY tenant",
    "REASSIGN OWNED BY tenant TO other", "CREATE TABLE made AS SELECT * FROM mosaic.metrics", "DROP TABLE made", "VACUUM orders", "ANALYZE readings", "CLUSTER users USING users_pkey", "REINDEX TABLE orders",
    "BEGIN; DROP EXTENSION pg_mosaic CASCADE; SELECT count(*) FROM pg_class; ROLLBACK", "ALTER EXTENSION pg_mosaic UPDATE", "ALTER EXTENSION pg_mosaic ADD TABLE plain", "ALTER EXTENSION pg_mosaic DROP TABLE plain",
    "ALTER EVENT TRIGGER pg_mosaic_drop DISABLE", "ALTER EVENT TRIGGER pg_mosaic_drop ENABLE", "GRANT SELECT (id) ON orders TO tenant", "GRANT ALL ON users TO tenant",
    # What a resolver could take for the server's own.
    "CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE sql AS $$SELECT 'infinity'::timestamptz$$", "CREATE TABLE pg_temp.partition_set (parent regclass)", "CREATE TABLE pg_temp.pg_class (oid oid)",
    "CREATE FUNCTION public.format(text, VARIADIC \"any\") RETURNS text LANGUAGE internal AS 'text_format'", "DROP FUNCTION public.format(text, VARIADIC \"any\")")


def mutate(dice, tree):
    """One place of a JSON tree, changed."""
    if isinstance(tree, (dict, list)) and tree and dice.random() < 0.85:
        at = dice.choice(list(tree)) if isinstance(tree, dict) else dice.randrange(len(tree))
        change = dice.random()
        if change < 0.1:
            del tree[at]
        elif change < 0.2 and isinstance(tree, list):
            tree.append(tree[at])
        elif change < 0.25 and isinstance(tree, dict):
            tree[dice.choice(WORDS)[:50]] = tree[at]
        else:
            tree[at] = mutate(dice, tree[at])
        return tree
    if isinstance(tree, int) and dice.random() < 0.6:
        return dice.choice((tree + 1, tree - 1, -tree, 0, 2**31 - 1, 2**31, 2**53, 2**63, 1e300, str(tree)))
    return dice.choice((None, "", [], {}, True, -1, 0.5, dice.choice(WORDS), json.loads(dice.choice(JSONS[:10]))))


class Statements:
    def __init__(self, dice, catalog):
        self.dice, self.values, self.catalog = dice, Values(dice), catalog
        self.called = None    # the routine that the statement is about

    def call(self):
        dice = self.dice
        kind, name, arguments, names, variadic, optional, self.called = dice.choice(self.catalog.routines)
        given = list(arguments)
        if optional and dice.random() < 0.5:
            given = given[:len(given) - dice.randrange(optional + 1)]
        texts = [self.values.argument(argument, label) for argument, label in zip(given, names)]
        if not variadic and optional and dice.random() < 0.2:
            texts = [f'"{label}" => {text}' for label, text in zip(names, texts)]
        if variadic and texts and not self.called.endswith("[])"):
            texts += [self.values.literal('"any"') for _ in range(dice.choice((0, 0, 1, 5)))]
        if name == "wait_replica":
            texts[1:] = ["'10 ms'"]
        return kind, f"mosaic.{name}({', '.join(texts)})"

    def said(self):
        kind, target = self.call()
        if kind == "p":
            return self.dice.choice((f"CALL {target}", f"CALL {target}", f"DO $f$ BEGIN CALL {target}; END $f$", f"DO $f$ BEGIN CALL {target}; EXCEPTION WHEN division_by_zero THEN NULL; END $f$"))
        return self.dice.choice((
            f"SELECT * FROM {target} LIMIT 50", f"SELECT * FROM {target} LIMIT 50", f"SELECT {target}", f"SELECT {target} FROM generate_series(1, 3)",
            f"DO $f$ BEGIN PERFORM {target}; EXCEPTION WHEN others THEN IF SQLSTATE LIKE 'XX%' THEN RAISE; END IF; END $f$",
            f"DO $f$ BEGIN FOR i IN 1..2 LOOP PERFORM {target}; COMMIT; END LOOP; END $f$",
            f"EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM {target}", f"CREATE TABLE IF NOT EXISTS made AS SELECT count(*) FROM {target}", f"INSERT INTO plain SELECT count(*)::integer FROM {target}",
            f"DECLARE c CURSOR WITH HOLD FOR SELECT {target}; FETCH 1 FROM c; CLOSE c", f"SELECT count(*) FROM orders WHERE ({target}) IS NOT NULL", f"VALUES (({target})::text)"))

    def configured(self):
        """Straight into the catalogs of the extension."""
        dice = self.dice
        table, columns = dice.choice(self.catalog.tables)
        if dice.random() < 0.5:
            table, columns = dice.choice([one for one in self.catalog.tables if one[0] in ("partition_set", "partition_level", "watch", "shard_slot", "shard_map")])
        column, kind = dice.choice(columns).split("/", 1)
        where = dice.choice(("random() < 0.2", "true", f'"{columns[0].split("/", 1)[0]}"::text = {quoted(dice.choice(RELATIONS + ["users", "places"]))}'))
        value = self.values.argument(kind, column)
        said = self.change_of(table, column, value, where, columns)
        # What only C code writes would stay broken, and nothing else be seen.
        return f"BEGIN; {said}; SELECT mosaic.token(), mosaic.tick(); ROLLBACK" if table in ("outbox", "tick") else said

    def change_of(self, table, column, value, where, columns):
        return self.dice.choice((
            f'UPDATE mosaic.{table} SET "{column}" = {value} WHERE {where}', f'UPDATE mosaic.{table} SET "{column}" = {value} WHERE {where}', f'UPDATE mosaic.{table} SET "{column}" = "{column}" WHERE {where}',
            f"DELETE FROM mosaic.{table} WHERE random() < 0.02", f'INSERT INTO mosaic.{table} ("{column}") VALUES ({value})',
            f"INSERT INTO mosaic.{table} SELECT * FROM mosaic.{table} ORDER BY random() LIMIT 1",
            f"INSERT INTO mosaic.{table} VALUES ({', '.join(self.values.argument(*reversed(one.split('/', 1))) for one in columns)})", f"TABLE mosaic.{table}"))

    def triggered(self):
        """A trigger function where it does not belong."""
        dice = self.dice
        name, table = dice.choice(self.catalog.trigger_functions), dice.choice(("plain", "users", "orders", "a_view", "mosaic.partition_set", "foreign_table"))
        when = dice.choice(("BEFORE", "AFTER", "INSTEAD OF")) + dice.choice((" INSERT", " UPDATE", " DELETE", " TRUNCATE", " INSERT OR UPDATE OR DELETE"))
        argument = dice.choice(("", "'1'", "'99999999999999999999'", "'x', 'y'", "''"))
        change = dice.choice(("INSERT INTO plain VALUES (1)", "UPDATE users SET name = 'q'", "DELETE FROM orders WHERE id = 2", "TRUNCATE plain", "UPDATE mosaic.partition_set SET premake = 3"))
        return f"BEGIN; CREATE TRIGGER odd {when} ON {table} FOR EACH {dice.choice(('ROW', 'STATEMENT'))} EXECUTE FUNCTION mosaic.{name}({argument}); {change}; ROLLBACK"

    def next(self):
        dice, self.called = self.dice, None
        kind = dice.random()
        if kind < 0.64:
            return self.said()
        if kind < 0.76:
            return self.configured()
        if kind < 0.78:
            return self.triggered()
        if kind < 0.80:
            return f"SELECT * FROM mosaic.{dice.choice(self.catalog.views)} LIMIT 100"
        if kind < 0.83:
            return dice.choice(DEFINITIONS)
        if kind < 0.86:
            return dice.choice(SETTINGS)
        if kind < 0.91:
            return dice.choice(TRANSACTIONS)
        if kind < 0.97:
            return dice.choice(CHANGES)
        return dice.choice(world.THINGS + world.TENANTS)
