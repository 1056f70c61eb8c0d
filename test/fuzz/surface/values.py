"""Values that nobody should give, by the type of the argument."""

ODD_NAMES = ["", " ", "a", 'qu"ote', "ap'ostrophe", "semi;colon", "back\\slash", "ä€😀", "x" * 63, "y" * 64, "ä" * 40, "{id}", "%s", "%n%s%1$s", "$1", "$$", "new\nline", "tab\t",
             "select", "public.t", '"Quoted"."t"', "pg_class", "no.such.thing", "..", "-", "NULL", "{{", "}}", "orders", "users", "places", "\x01", "\u202e", "pg_temp", "x'); DROP TABLE users; --"]
NUMBERS = ["0", "1", "-1", "2147483647", "-2147483648", "7", "1024", "65536", "100000"]
BIG_NUMBERS = NUMBERS + ["9223372036854775807", "-9223372036854775808", "4294967296"]
TIMES = ["infinity", "-infinity", "epoch", "0001-01-01 BC", "4713-01-01 BC", "294276-12-31", "2024-02-29 23:59:60", "now", "2024-03-31 02:30 Europe/Berlin", "9999-12-31",
         "2011-12-30 12:00 Pacific/Apia", "2024-11-03 01:30 America/New_York"]
WIDTHS = ["1 day", "1 month", "0", "-1 day", "1 year 1 second", "178000000 years", "1 microsecond", "daily", "10", "1e400", "NaN", "0.0000001", "1 mon -30 days", "1 day -24 hours",
          "yearly", "quarterly", "99999999999999999999", "P1Y", "13 fortnights", "-infinity", "1 month 1 day", "9" * 400, "weekly", "hourly"]
JSONS = ["{}", "[]", "null", "1", '""', '{"eu": ["DE"]}', '{"eu": [null]}', '{"a": {"b": 1}}', '{"": [""]}', '{"x": [1, 2.5, true, {}]}', "[[[[[]]]]]",
         '{"map": "users", "epoch": 1}', '{"map": "users", "strategy": "slots", "key_type": "bigint", "epoch": 99999999999999999999, "shards": []}',
         '{"map": "z", "strategy": "slots", "key_type": "bigint", "epoch": -5, "slots": 1024, "hash": "native", "shards": [{"shard": 0, "name": "a", "weight": 1}], "runs": [{"first": 0, "last": 2147483647, "shard": 0}]}',
         '{"map": "z", "strategy": "range", "key_type": "date", "epoch": 1, "shards": [{"shard": -1, "name": null}], "ranges": [{"lower": "x"}]}',
         '{"map": "z", "strategy": "list", "key_type": "no_such_type", "epoch": 1, "shards": "x"}', '{"\\u0000": 1}', '{"sslmode": "require"}', '{"password": "x"}',
         '{"eu": ["DE", "FR"], "na": ["US"], "none": [null]}', '{"' + "l" * 300 + '": ["' + "k" * 3000 + '"]}', '{"a": ["1"], "b": ["1"]}', "[" * 500 + "]" * 500]
RELATIONS = ["orders", "readings", "regions", "hashed", "plain", "orders_p20240101", "a_view", "a_matview", "a_sequence", "users_pkey", "users", "pg_class", "mosaic.partition_set",
             "mosaic.watch", "mosaic.outbox", "mosaic.shard_slot", "foreign_table", "a_type_table", "temporary", "temporary_set", '"Odd ""name"" ä"', "tree", "pg_toast.pg_toast_1255",
             "information_schema.tables", '"s p""ace"."' + "n" * 63 + '"', "unlogged_set", "identity_set", "secured", "excluding", "abroad", "child", "ruled", "expressions", "with_default",
             "with_default_default", "tenants", "tenants_watched", "tenants_lists", "secrets", "secrets_default", "typed", "far_set", "hashed_p0", "tree_p20240101", "readings_p0"]
TYPES = ["bigint", "text", "uuid", "bytea", "date", "timestamptz", "integer", "smallint", "json", "point", "anyarray", "record", "void", "users", "numeric", "text[]", "xid8", "cstring",
         "a_type", "a_domain", "an_enum", "int4range", "pg_node_tree", "internal", "trigger"]
PAYLOADS = {
    "integer": NUMBERS, "smallint": ["0", "1", "-1", "32767", "-32768"], "bigint": BIG_NUMBERS,
    "boolean": ["true", "false"],
    "timestamp with time zone": TIMES, "timestamp without time zone": TIMES[:8], "date": ["infinity", "-infinity", "4713-01-01 BC", "5874897-12-31", "2024-02-29"],
    "interval": ["0", "-1 day", "178000000 years", "1 microsecond", "1 second", "50 ms"],
    "jsonb": JSONS, "uuid": ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "018f0000-0000-7000-8000-000000000000"],
    "bytea": ["", "\\x00", "\\xff80", "\\x" + "ab" * 5000],
    "pg_lsn": ["0/0", "FFFFFFFF/FFFFFFFF", "0/1"], "xid8": ["0", "1", "3", "18446744073709551615", "750"],
    "int4multirange": ["{}", "{[0,1)}", "{[0,1024)}", "{(,)}", "{[-5,3)}", "{[2000000000,2147483647)}", "{[1,3),[5,9)}"],
    "regtype": TYPES,
    "regclass": RELATIONS + ["0", "1", "4294967295", "999999"],
    "regrole": ["nobody", "tenant", "pg_monitor", "-", "0", "12345"],
    "double precision": ["NaN", "Infinity", "-1", "0", "1e308"], "numeric": ["NaN", "Infinity", "0", "-1", "1e1000", "0." + "0" * 300 + "1"],
    "oid": ["0", "1", "4294967295"], "cstring": ["x"], "aclitem[]": ["{}"], "xid": ["0", "3"],
}
WORDS = (ODD_NAMES + WIDTHS + TIMES[:3] + ["range", "list", "hash", "slots", "modulo", "jump", "rendezvous", "directory", "tenant", "md5", "sha256", "crc16", "native", "epoch_s", "epoch_ns", "uuidv7", "ulid",
                                              "snowflake", "primary", "replica", "outbox", "direct", "keys", "row", "hashed", "doorbell", "iudt", "t", "i", "count", "bytes", "moving", "fenced", "stable", "UTC",
                                              "Europe/Berlin", "No/Where", "LIST (id)", "HASH (id)", "RANGE (id)", "HASH (id", "RANGE (at); DROP TABLE users", "HASH (lower(x), id)", "{row}.id > 3", "1/0 = 1",
                                              "{row}", "id) OR (true", "-80", "80-c0", "xxhash", "numeric", "manual", "ddl", "truncate", "8f3c21ab-1:0", "x-1:5:740:744:741", ":", "1970", "9" * 4000,
                                              "user:{id}", "{id}:{name|url}", "{name|md5}", "{|}", "{row}.name = 'x' AND EXISTS (SELECT FROM users)", "drop", "detach", "move", "archive", "{parent}_{bound}",
                                              "public.answer", "public.no_such", "pg_catalog.pg_sleep", "csv", "binary", "gzip", "none", "s p\"ace", "US", "DE", "overflow", "longkey", "z" * 200000])

# What an argument of that name mostly is, or nothing but "there is no such map" is ever tried.
KNOWN = {"map": ["users", "places", "days", "homes", "jumpy"], "node": ["a", "b"], "primary_node": ["a"], "role": ["primary", "replica"], "time_zone": ["UTC", "Asia/Tokyo", "Europe/Berlin"],
         "shard_name": ["shard0", "s9"], "payload": ["keys", "row", "hashed", "doorbell"], "mode": ["outbox", "direct"], "by": ["count", "bytes"], "strategy": ["slots", "range", "list", "tenant"],
         "hash": ["native", "md5", "crc16"], "state": ["moving", "fenced", "stable"], "reason": ["manual", "ddl"], "partition_by": ["HASH (id)", "LIST (region)", "RANGE (id)"],
         "list": ["eu", "na"], "partition": ["orders_p20240101", "readings_p0"], "vindex": ["hash", "xxhash", "numeric", "reverse_bits"], "key_format": ["native"],
         "partition_interval": ["1 month", "10"], "retention": ["1 month", "100"], "start_at": ["2024-01-01", "0"], "ops": ["iudt", "iu"], "when": ["{row}.id > 3"]}
SMALL = {"shard": 4, "slot": 4, "premake": 5, "modulus": 8, "shards": 6, "max_moves": 9, "max_ticks": 5, "n": 20, "batch": 2000}
UNKNOWN = ["integer", "bigint", "text", "date", "timestamp with time zone", "uuid", "bytea", "point", "boolean", "numeric", "text[]", "a_type"]


def quoted(value):
    return "'" + value.replace("'", "''") + "'" if "\\" not in value else "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


class Values:
    """Writes SQL literals; the dice are the session's."""

    def __init__(self, dice):
        self.dice = dice

    def literal(self, kind):
        dice = self.dice
        if dice.random() < 0.08:
            return f"NULL::{kind}" if kind not in ('"any"', "anyarray", "anyelement") else "NULL"
        if kind.endswith("[]"):
            return self.array(kind[:-2])
        if kind in ('"any"', "anyelement"):
            kind = dice.choice(UNKNOWN)
            if dice.random() < 0.3:
                return quoted(dice.choice(WORDS))    # of type unknown
            if kind == "text[]":
                return self.array("text")
        if kind == "anyarray":
            return self.array(dice.choice(["bigint", "text", "uuid", "date", "integer", "bytea", "timestamp with time zone", "point"]))
        if kind == "point":
            return "point '(1,2)'"
        if kind == "a_type":
            return "ROW(1)::a_type"
        if kind.startswith("mosaic."):
            return f"(SELECT m FROM {kind} m ORDER BY random() LIMIT 1)"
        value = dice.choice(PAYLOADS.get(kind, WORDS))
        if kind == "name" and dice.random() < 0.3:
            value = dice.choice(("cache_invalidation", "public"))
        if kind == "regclass" and dice.random() < 0.05:
            return "(SELECT oid FROM pg_class ORDER BY random() LIMIT 1)::regclass"
        if kind == "text" and dice.random() < 0.03:
            value = "".join(dice.choice(WORDS) for _ in range(3))
        return quoted(value) + f"::{kind}"

    def array(self, kind):
        dice = self.dice
        shape = dice.random()
        if shape < 0.05:
            return f"'{{}}'::{kind}[]"
        if shape < 0.10:
            return f"ARRAY[NULL, NULL]::{kind}[]"
        if shape < 0.15:
            return f"ARRAY[[{self.literal(kind)}, NULL], [NULL, {self.literal(kind)}]]::{kind}[]"
        if shape < 0.18:
            return f"array_fill(NULL::{kind}, ARRAY[3], ARRAY[-7])"
        if shape < 0.20:
            return f"array_fill({self.literal(kind)}, ARRAY[20000])"
        elements = [self.literal(kind) for _ in range(dice.choice((0, 1, 2, 3, 40)))]
        return f"ARRAY[{', '.join(elements)}]::{kind}[]"

    def argument(self, kind, label):
        dice = self.dice
        if kind in ("text", "name") and label in KNOWN and dice.random() < 0.7:
            return quoted(dice.choice(KNOWN[label])) + f"::{kind}"
        if kind == "integer" and label in SMALL and dice.random() < 0.7:
            return str(dice.randrange(SMALL[label]))
        if label in ("parent", "rel") and kind == "regclass" and dice.random() < 0.5:
            return quoted(dice.choice(("orders", "readings", "regions", "hashed", "tree", "users", "tenants", "with_default", "identity_set"))) + "::regclass"
        if label == "token" and kind == "text" and dice.random() < 0.6:
            return "mosaic.token()"
        if label == "seq" and dice.random() < 0.6:
            return "'a_sequence'::regclass"
        if label == "watch_id" and dice.random() < 0.6:
            return str(dice.randrange(20))
        if label == "key_type" and dice.random() < 0.6:
            return quoted(dice.choice(TYPES[:6])) + "::regtype"
        return self.literal(kind)
