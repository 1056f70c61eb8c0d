"""The soak: everything at once, and the judge at the end.

Three phases: players are terminated at random and the server crashes now and
then; then nobody is, and memory is watched; then the writers stop, consumers
catch up, and every promise is held against what the players wrote down.

With SOAK_SABOTAGE=1 each promise is broken on purpose: a run to see that the
judge can tell."""
import os
import random
import re
import statistics
import sys
import threading
import time

import psycopg2

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import players  # noqa: E402
from players import connect  # noqa: E402

SECONDS = int(os.environ.get("SOAK_SECONDS", "1200"))
SEED = os.environ.get("SOAK_SEED") or str(random.randrange(10**6))
SABOTAGE = os.environ.get("SOAK_SABOTAGE")
RETENTION = 60


class Maps:
    epoch = 0
    history = {}


class World:
    seed = SEED
    users = 2000
    maps = Maps()

    def __init__(self):
        self.number = 0
        self.lock = threading.Lock()

    def next_number(self):
        with self.lock:
            self.number += 1
            return self.number


class Judge:
    def __init__(self):
        self.broken = []

    def hold(self, what, well, figure=""):
        if not well:
            self.broken.append(what)
        print(f"{what}\t{figure}\t{'ok' if well else 'BROKEN'}", flush=True)


def set_up():
    with_postgres = connect("soak-setup", "postgres")
    with_postgres.cursor().execute(f"CREATE DATABASE {players.DATABASE}")
    with_postgres.close()
    cursor = connect("soak-setup").cursor()
    for sql in (
            "CREATE EXTENSION pg_mosaic",
            "CREATE TABLE orders (id bigint NOT NULL, at timestamptz NOT NULL, note text) PARTITION BY RANGE (at)",
            f"SELECT count(*) FROM mosaic.create_parent('orders', '10 seconds', 6, '{RETENTION} seconds')",
            "CREATE TABLE readings (id bigint PRIMARY KEY, at timestamptz DEFAULT now()) PARTITION BY RANGE (id)",
            "SELECT count(*) FROM mosaic.create_parent('readings', '2000', 4)",
            "CREATE TABLE events (region text, id bigint) PARTITION BY LIST (region)",
            "SELECT count(*) FROM mosaic.create_parent('events', lists => '{\"r0\": [\"r0\"]}', auto_lists => true)",
            "CREATE TABLE strays (id bigint NOT NULL, place bigint NOT NULL) PARTITION BY RANGE (place)",
            "SELECT count(*) FROM mosaic.create_parent('strays', '100000', 2, start_at => '0', default_partition => true)",
            "CREATE INDEX ON strays (place)",
            "UPDATE mosaic.partition_set SET drain_default = true WHERE parent = 'strays'::regclass",
            "CREATE TABLE users (id bigint PRIMARY KEY, version bigint NOT NULL)",
            "INSERT INTO users SELECT n, 0 FROM generate_series(0, 1999) n",
            "SELECT mosaic.watch('users'), mosaic.watch('readings')",
            "SELECT mosaic.shard_map_create('users', shards => 4)"):
        cursor.execute(sql)


def cast(world, crash_every):
    inserters = [
        *(players.Inserter(f"order{n}", world, "orders", lambda me, number: ("id, at, note", (number, "now", "x" * me.random.randrange(200)))) for n in range(2)),
        *(players.Inserter(f"reading{n}", world, "readings", lambda me, number: ("id", (number,))) for n in range(2)),
        players.Inserter("event", world, "events", lambda me, number: ("region, id", (f"r{number % 1000 // 100}-{number // 5000}", number)), misses=True),
        # Often ahead of the partitions that there are: the default takes it, and maintenance moves it.
        players.Inserter("stray", world, "strays", lambda me, number: ("id, place", (number, number * me.random.randrange(1, 12))))]
    consumers = [players.Consumer("listener", world, True), players.Consumer("poller", world, False)]
    steady = players.Router("steady_router", world), players.SnapshotRouter("steady_snapshot_router", world), players.Changer("steady_changer", world)
    for player in steady:
        player.steady = True
    others = [players.Changer("changer", world), players.Reader("reader", world), players.Maintainer("maintainer", world), players.Settler("settler", world),
              players.Router("router", world), players.Watcher("watcher", world), players.Administrator("administrator", world), players.Dumper("dumper", world)]
    if SABOTAGE:
        others.append(players.Saboteur("saboteur", world, time.monotonic() + SECONDS * 0.8))
    terminator = players.Terminator("terminator", world, crash_every)
    return inserters, consumers, list(steady), others, terminator


def anonymous_kilobytes(pid):
    try:
        with open(f"/proc/{pid}/status") as status:
            return int(re.search(r"^RssAnon:\s+(\d+)", status.read(), re.M).group(1))
    except (FileNotFoundError, ProcessLookupError, AttributeError):
        return None


def watch_memory(seconds, samples):
    """Kilobytes of each process that lasts, by what it is and its number."""
    end = time.monotonic() + seconds
    watcher = connect("soak-steady-watcher").cursor()
    while time.monotonic() < end:
        watcher.execute("""SELECT pid, CASE WHEN backend_type LIKE 'pg_mosaic%' THEN backend_type ELSE application_name END FROM pg_stat_activity
            WHERE backend_type IN ('pg_mosaic launcher', 'pg_mosaic ticker') OR application_name LIKE 'soak-%'""")
        for pid, name in watcher.fetchall():
            size = anonymous_kilobytes(pid)
            if size is not None:
                samples.setdefault((name, pid), []).append(size)
        time.sleep(1)


def count_relations():
    cursor = connect("soak-judge").cursor()
    cursor.execute("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'i', 'I')")
    return cursor.fetchone()[0]


def end(some):
    for player in some:
        player.ended.set()
    for player in some:
        player.join(60)


def judge_rows(judge, cursor, inserters, finished):
    for table in ("orders", "readings", "events", "strays"):
        writers = [player for player in inserters if player.table == table]
        # Retention takes partitions whose end is older; a margin for the pass that runs meanwhile.
        oldest = finished - RETENTION + 10 if table == "orders" else 0
        sure = {number for player in writers for number, at in player.ledger.sure.items() if at > oldest}
        doubtful = set().union(*(player.ledger.doubtful for player in writers))
        cursor.execute(f"SELECT id FROM {table}")
        rows = [row[0] for row in cursor.fetchall()]
        judge.hold(f"rows of {table} lost", not sure - set(rows), f"{len(sure - set(rows))} of {len(sure)}")
        known = {number for player in writers for number in player.ledger.sure} | doubtful
        judge.hold(f"rows of {table} twice or from nowhere", len(rows) == len(set(rows)) and set(rows) <= known, f"{len(rows)}")
    refused = sum(player.refused for player in inserters)
    judge.hold("rows refused for want of a partition, but for new list values", not any(player.refused for player in inserters if not player.misses), f"{refused}")


def judge_partitions(judge, cursor):
    cursor.execute("CALL mosaic.maintain()")
    cursor.execute("SELECT count(*) FROM mosaic.plan()")
    judge.hold("steps due after a pass", cursor.fetchone()[0] <= 1, "")
    cursor.execute("""SELECT count(*) FROM (SELECT s.parent, p.lower_bound, lag(p.upper_bound) OVER (PARTITION BY s.parent ORDER BY n) AS before
        FROM mosaic.partition_set s, mosaic.partition_bounds(s.parent) WITH ORDINALITY p (partition, kind, lower_bound, upper_bound, n)
        WHERE s.strategy = 'range' AND p.kind = 'range') b WHERE before <> lower_bound""")
    judge.hold("gaps between partitions", cursor.fetchone()[0] == 0)
    cursor.execute("SELECT count(*) FROM mosaic.partition_status WHERE covered_until IS NULL AND parent <> 'events'::regclass")
    judge.hold("sets without coverage", cursor.fetchone()[0] == 0)
    cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhdetachpending")
    judge.hold("partitions half detached", cursor.fetchone()[0] == 0)
    cursor.execute("SELECT count(*), count(*) FILTER (WHERE outcome = 'failed'), count(*) FILTER (WHERE outcome = 'deferred') FROM mosaic.partition_log")
    print("steps of maintenance, failed, deferred\t%s, %s, %s\t" % cursor.fetchone())
    cursor.execute("SELECT sqlstate, count(*), min(detail) FROM mosaic.partition_log WHERE outcome = 'failed' GROUP BY 1 ORDER BY 2 DESC")
    for row in cursor.fetchall():
        print("    | %s, %s times: %s" % row)
    cursor.execute("SELECT string_agg(code || ': ' || detail, '; ') FROM mosaic.issues WHERE severity = 'critical' AND code NOT LIKE '%crashed'")    # it did
    judge.hold("critical issues", (found := cursor.fetchone()[0]) is None, found or "")


def judge_consumers(judge, cursor, consumers):
    cursor.execute("SELECT id, version FROM users")
    users = dict(cursor.fetchall())
    cursor.execute("SELECT id FROM readings")
    readings = {row[0] for row in cursor.fetchall()}
    for consumer in consumers:
        held = {user: version for user, version in consumer.users.items() if version is not None}
        stale = {user for user in held.keys() | users.keys() if held.get(user) != users.get(user)}
        judge.hold(f"entries of the {consumer.name}'s cache that are stale", not stale, f"{len(stale)} of {len(users)}, {consumer.keys} keys heard, {consumer.resets} resets")
        judge.hold(f"inserted rows that the {consumer.name} has not heard of", readings <= consumer.readings, f"{len(readings - consumer.readings)} of {len(readings)}")
    cursor.execute("SELECT count(*) FROM mosaic.check_watches()")
    judge.hold("watches that miss changes", cursor.fetchone()[0] == 0)


def judge_memory(judge, samples, new_relations):
    """The caches of relations of who goes through all partitions grow with what there is to cache."""
    worst = {}
    for (name, _), sizes in samples.items():
        if len(sizes) < 20:
            continue
        quarter = len(sizes) // 4
        growth = statistics.median(sizes[-quarter:]) - statistics.median(sizes[quarter:2 * quarter])
        if name not in worst or growth > worst[name][0]:
            worst[name] = growth, statistics.median(sizes[-quarter:])
    for name, (growth, size) in sorted(worst.items()):
        allowed = 1024 + (0 if re.search(r"pg_mosaic|router|changer|saboteur|administrator", name) else 40 * new_relations)
        judge.hold(f"memory of {name}", growth < allowed, f"{size:.0f} kB, grown by {growth:.0f}, allowed {allowed}")


def judge_log(judge, crashes):
    with open(os.path.join(os.environ["CLUSTER_DIR"], "server.log")) as log:
        lines = log.read().splitlines()
    bad = [line for line in lines if re.search(r"PANIC|TRAP:|XX000|XX001|terminated by signal (?!9\b)|stuck spinlock|leak: |leaked|non-empty SPI stack|you don't own a lock|not closed at end|still referenced|could not find block", line)]
    for line in bad[:20]:
        print("    | " + line)
    judge.hold("internal errors, failed assertions and crashes in the log", not bad, f"{len(bad)}")
    killed = sum("terminated by signal 9" in line for line in lines)
    judge.hold("processes that died by the crashes that were made", killed == crashes, f"{killed}")


def main():
    print(f"soak of {SECONDS} s, seed {SEED}", flush=True)
    world, judge = World(), Judge()
    set_up()
    start = time.monotonic()
    inserters, consumers, steady, others, terminator = cast(world, max(45, SECONDS * 0.12))
    everybody = inserters + consumers + steady + others
    for player in everybody + [terminator]:
        player.start()
    time.sleep(SECONDS * 0.6)
    end([terminator])
    samples, relations = {}, count_relations()
    watch_memory(SECONDS * 0.4, samples)
    new_relations = count_relations() - relations

    end(inserters + steady + others)
    finished = time.time()
    time.sleep(5)
    end(consumers)
    cursor = connect("soak-judge").cursor()
    for consumer in consumers:
        consumer.ended.clear()
        consumer.catch_up(cursor)
    for player in everybody + [terminator]:
        print(f"{player.name}\t{player.turns} turns, {player.losses} connections lost, worst {player.worst * 1000:.0f} ms\t", flush=True)
        for what in player.broken[:5]:
            print("    | " + what)
        judge.hold(f"errors of the {player.name}", not player.broken, f"{len(player.broken)}")
    judge_rows(judge, cursor, inserters, finished)
    judge_partitions(judge, cursor)
    judge_consumers(judge, cursor, consumers)
    judge_memory(judge, samples, max(0, new_relations))
    judge_log(judge, terminator.crashed)
    print(f"{len(judge.broken)} broken", flush=True)
    if SABOTAGE:
        missed = [what for what in players.Saboteur.seen_as if not any(broken.startswith(what) for broken in judge.broken)]
        print(f"broken on purpose and not noticed: {', '.join(missed) or 'nothing'}", flush=True)
        sys.exit(bool(missed))
    sys.exit(bool(judge.broken))


main()
