"""Who takes part in the soak: each player is a thread that does one thing over
and over until it is told to end, and takes a lost connection as a part of life.

What a player has been told is committed it writes down; the judge compares
that with the database at the end.  A statement whose connection died while it
ran may have committed or not: it is written down as doubtful."""
import os
import random
import subprocess
import threading
import time

import psycopg2
import psycopg2.extensions

DATABASE = "soak"
GONE = (psycopg2.OperationalError, psycopg2.InterfaceError, psycopg2.errors.QueryCanceled)


def connect(name, database=DATABASE):
    connection = psycopg2.connect(dbname=database, application_name=name, connect_timeout=10)
    connection.autocommit = True
    return connection


class Player(threading.Thread):
    """Calls turn() with a cursor until the end; a lost connection is replaced."""

    steady = False    # the terminator spares it, so that its memory can be watched
    pause = 0.01

    def __init__(self, name, world):
        super().__init__(name=name, daemon=True)
        self.world = world
        self.random = random.Random(f"{world.seed} {name}")
        self.turns = self.losses = 0
        self.worst = 0.0
        self.broken = []    # what must not happen
        self.ended = threading.Event()

    def application(self):
        return ("soak-steady-" if self.steady else "soak-") + self.name

    def run(self):
        while not self.ended.is_set():
            try:
                with_cursor = connect(self.application())
            except psycopg2.OperationalError:
                time.sleep(0.2)    # the server restarts
                continue
            try:
                self.play(with_cursor)
            except GONE:
                self.losses += 1
            except psycopg2.Error as error:
                self.losses += 1
                if error.pgcode is not None:    # else the server has gone while it answered
                    self.broken.append(f"{error.pgcode} {error}".strip())
            finally:
                try:
                    with_cursor.close()
                except psycopg2.Error:
                    pass

    def play(self, connection):
        cursor = connection.cursor()
        self.begin(cursor)
        while not self.ended.is_set():
            start = time.monotonic()
            self.turn(cursor)
            self.worst = max(self.worst, time.monotonic() - start)
            self.turns += 1
            self.ended.wait(self.pause)

    def begin(self, cursor):
        pass

    def turn(self, cursor):
        raise NotImplementedError


class Ledger:
    """Rows that a writer inserted: surely, or perhaps."""

    def __init__(self):
        self.sure = {}
        self.doubtful = set()


class Inserter(Player):
    """Inserts rows of its own numbers into a table and remembers them."""

    def __init__(self, name, world, table, row, misses=False):
        super().__init__(name, world)
        self.table, self.row, self.misses = table, row, misses
        self.ledger = Ledger()
        self.refused = 0

    def turn(self, cursor):
        number = self.world.next_number()
        self.ledger.doubtful.add(number)
        columns, values = self.row(self, number)
        try:
            cursor.execute(f"INSERT INTO {self.table} ({columns}) VALUES ({', '.join(['%s'] * len(values))})", values)
        except psycopg2.errors.CheckViolation as error:
            self.ledger.doubtful.discard(number)
            self.refused += 1
            if not self.misses:
                self.broken.append(f"refused: {error}".strip())
            return
        self.ledger.doubtful.discard(number)
        self.ledger.sure[number] = time.time()


class Changer(Player):
    """Changes, deletes and brings back the rows of the watched table."""

    def turn(self, cursor):
        user, dice = self.random.randrange(self.world.users), self.random.random()
        if dice < 0.7:
            cursor.execute("UPDATE users SET version = version + 1 WHERE id = %s", (user,))
        elif dice < 0.8:
            cursor.execute("DELETE FROM users WHERE id = %s", (user,))
        elif dice < 0.97:
            cursor.execute("INSERT INTO users VALUES (%s, 1) ON CONFLICT (id) DO UPDATE SET version = users.version + 1", (user,))
        elif dice < 0.99:
            cursor.execute("BEGIN; SAVEPOINT s; UPDATE users SET version = version + 1000 WHERE id < 300; ROLLBACK TO s; UPDATE users SET version = version + 1 WHERE id < 50; COMMIT")
        else:
            cursor.execute("UPDATE users SET id = id + %s WHERE id = %s AND NOT EXISTS (SELECT FROM users WHERE id = %s)", (self.world.users, user, user + self.world.users))


class Reader(Player):
    """Reads while partitions come and go."""

    def turn(self, cursor):
        cursor.execute(self.random.choice((
            "SELECT count(*) FROM orders WHERE at > now() - interval '20 seconds'",
            "SELECT max(id) FROM readings",
            "SELECT * FROM mosaic.partition_status",
            "SELECT * FROM mosaic.health()",
            "SELECT * FROM mosaic.plan()",
            "SELECT region, count(*) FROM events GROUP BY 1")))
        cursor.fetchall()


class Maintainer(Player):
    pause = 1.0

    def turn(self, cursor):
        cursor.execute("CALL mosaic.maintain()")


class Settler(Player):
    """Changes the sets' settings, as people do while the worker works."""

    pause = 2.0

    def turn(self, cursor):
        cursor.execute(self.random.choice((
            "UPDATE mosaic.partition_set SET premake = 3 + (random() * 4)::integer WHERE strategy = 'range'",
            "UPDATE mosaic.partition_set SET partition_interval = '5 seconds' WHERE parent = 'orders'::regclass",
            "UPDATE mosaic.partition_set SET partition_interval = '10 seconds' WHERE parent = 'orders'::regclass",
            "UPDATE mosaic.partition_set SET retention_action = CASE retention_action WHEN 'drop' THEN 'detach' ELSE 'drop' END WHERE parent = 'orders'::regclass",
            "SELECT mosaic.wake_worker()")))


class Router(Player):
    """Looks keys up and compares with what the administrator had committed."""

    pause = 0.002

    def turn(self, cursor):
        key, known = self.random.getrandbits(48), self.world.maps.epoch
        cursor.execute("SELECT mosaic.shard_slot_for('users', %s), l.shard_id, l.epoch FROM mosaic.shard_location('users', %s) l", (key, key))
        slot, shard, epoch = cursor.fetchone()
        if epoch < known:
            self.broken.append(f"stale: epoch {epoch} after {known} had committed")
        owners = self.world.maps.history.get(epoch)
        if owners is not None and owners[slot] != shard:
            self.broken.append(f"slot {slot} is with {shard} at epoch {epoch}, and belongs to {owners[slot]}")


class SnapshotRouter(Router):
    """The same in transactions whose snapshot is older than the answer may be."""

    def turn(self, cursor):
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM mosaic.shard_slot")
        for _ in range(3):
            super().turn(cursor)
        cursor.execute("COMMIT")


class Watcher(Player):
    """Begins and ends watches of tables that others write to and watch."""

    pause = 1.0

    def turn(self, cursor):
        table, mode = self.random.choice(("users", "readings", "orders")), self.random.choice(("outbox", "direct"))
        cursor.execute("SELECT mosaic.watch(%s, ARRAY[%s], mode => %s, channel => 'passing')", (table, f"passing{self.world.next_number()}:{{id}}", mode))
        watch = cursor.fetchone()[0]
        self.ended.wait(self.random.random())
        cursor.execute("SELECT mosaic.unwatch(%s)", (watch,))


class Administrator(Player):
    """Moves slots between shards; the only one who changes the map."""

    pause = 0.05

    def begin(self, cursor):
        self.note(cursor)    # after a lost connection nobody knows whether the last change is there

    def note(self, cursor):
        cursor.execute("SELECT m.epoch, array_agg(s.shard_id ORDER BY s.slot) FROM mosaic.shard_map m JOIN mosaic.shard_slot s USING (map) WHERE map = 'users' GROUP BY 1")
        epoch, owners = cursor.fetchone()
        maps = self.world.maps
        maps.history[epoch] = owners
        maps.history.pop(epoch - 200, None)
        maps.epoch = max(maps.epoch, epoch)

    def turn(self, cursor):
        first = self.random.randrange(1000)
        cursor.execute(self.random.choice((
            f"SELECT mosaic.shard_assign_slots('users', {self.random.randrange(4)}, '{{[{first},{first + self.random.randrange(1, 24)})}}')",
            f"SELECT mosaic.shard_set_weight('users', {self.random.randrange(4)}, {self.random.randrange(1, 5)})",
            "SELECT mosaic.shard_rebalance_apply('users', 20)")))
        self.note(cursor)


class Consumer(Player):
    """A cache of the watched table: everything it holds was read after the last
    invalidation that it heard.  It listens, and asks for what it missed."""

    pause = 0.0

    def __init__(self, name, world, listens):
        super().__init__(name, world)
        self.listens = listens
        self.token = None
        self.users = {}     # id: version, or None where there is no such row
        self.readings = set()
        self.keys = self.resets = 0

    def begin(self, cursor):
        if self.listens:
            cursor.execute("LISTEN cache_invalidation")
        if self.token is None:
            cursor.execute("SELECT mosaic.token()")
            self.token = cursor.fetchone()[0]
            self.fill(cursor)
        self.catch_up(cursor)

    def fill(self, cursor):
        cursor.execute("SELECT id, version FROM users")
        self.users = dict(cursor.fetchall())
        cursor.execute("SELECT id FROM readings")
        self.readings = {row[0] for row in cursor.fetchall()}

    def catch_up(self, cursor):
        while not self.ended.is_set():
            cursor.execute("SELECT token, key, is_all, reset FROM mosaic.changes_since(%s, 'cache_invalidation', 100)", (self.token,))
            rows = cursor.fetchall()
            keys = {row[1] for row in rows if row[1] is not None}
            if any(row[2] or row[3] for row in rows):
                self.resets += 1
                token = rows[0][0]
                self.fill(cursor)
                self.token = token
                continue
            self.read_again(cursor, keys)
            self.token = rows[0][0]
            if not keys:
                return

    def read_again(self, cursor, keys):
        self.keys += len(keys)
        ids = [int(key.split(":")[1]) for key in keys if key.startswith("users:")]
        self.readings.update(int(key.split(":")[1]) for key in keys if key.startswith("readings:"))
        if not ids:
            return
        cursor.execute("SELECT id, version FROM users WHERE id = ANY (%s)", (ids,))
        found = dict(cursor.fetchall())
        for user in ids:
            self.users[user] = found.get(user)

    def turn(self, cursor):
        if self.listens:
            connection = cursor.connection
            deadline = time.monotonic() + 0.5
            while time.monotonic() < deadline and not connection.notifies:
                connection.poll()
                time.sleep(0.005)
            connection.notifies.clear()
        else:
            self.ended.wait(0.3)
        self.catch_up(cursor)


class Dumper(Player):
    """Dumps, and restores elsewhere by two processes."""

    pause = 5.0

    def play(self, connection):
        connection.close()
        while not self.ended.is_set():
            self.dump()
            self.turns += 1
            self.ended.wait(self.pause)

    def dump(self):
        file, environment = os.path.join(os.environ["CLUSTER_DIR"], "soak.dump"), {**os.environ, "PGAPPNAME": "soak-dump"}
        for command in (["pg_dump", "-Fc", "-f", file, DATABASE], ["dropdb", "--if-exists", "--force", "soak_restored"], ["createdb", "soak_restored"],
                        ["pg_restore", "-j", "2", "-d", "soak_restored", file]):
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            if done.returncode != 0:
                # Somebody was terminated, or a table went while it was dumped: the next one.
                self.losses += 1
                return
        with connect("soak-dump", "soak_restored") as restored, restored.cursor() as cursor:
            cursor.execute("SELECT (SELECT count(*) FROM mosaic.partition_set), (SELECT count(*) FROM mosaic.watch), (SELECT count(*) FROM mosaic.shard_slot), (SELECT count(*) FROM pg_index WHERE NOT indisvalid)")
            found = cursor.fetchone()
            if (found[0], found[2], found[3]) != (4, 1024, 0) or found[1] < 2:    # the watcher's come and go
                self.broken.append(f"restored: sets, watches, slots, invalid indexes are {found}")


class Terminator(Player):
    """Ends or cancels whoever is there; now and then it takes the server down by
    killing a process that has no time to say so: a session, or one of ours."""

    pause = 1.0
    steady = True

    def __init__(self, name, world, crash_every):
        super().__init__(name, world)
        self.crash_every, self.next_crash = crash_every, time.monotonic() + crash_every
        self.crashed = 0

    def victims(self, cursor, kinds):
        cursor.execute("""SELECT pid FROM pg_stat_activity WHERE (application_name LIKE ANY (%s) OR backend_type LIKE ANY (%s))
            AND application_name NOT LIKE 'soak-steady%%' AND pid <> pg_backend_pid() ORDER BY random()""", (kinds, kinds))
        return [row[0] for row in cursor.fetchall()]

    def turn(self, cursor):
        if time.monotonic() > self.next_crash:
            kind = self.random.choice(("soak-%", "pg_mosaic ticker", "pg_mosaic maintenance", "pg_mosaic launcher"))
            for victim in self.victims(cursor, [kind])[:1]:
                self.next_crash = time.monotonic() + self.crash_every
                os.kill(victim, 9)
                self.crashed += 1
            return
        how = self.random.choice(("pg_terminate_backend", "pg_terminate_backend", "pg_cancel_backend"))
        for victim in self.victims(cursor, [self.random.choice(("soak-%", "soak-%", "pg_mosaic%"))])[:1]:
            cursor.execute(f"SELECT {how}(%s)", (victim,))


class Saboteur(Player):
    """Breaks each promise, once or more and more, so that one sees that the judge can tell."""

    steady = True
    pause = 0.1
    breaks = (    # none of it through a trigger or a function of the extension
        "DELETE FROM orders WHERE id IN (SELECT id FROM orders ORDER BY at DESC LIMIT 5)", "DELETE FROM strays WHERE id IN (SELECT id FROM strays LIMIT 1)",
        "DELETE FROM users WHERE id IN (SELECT id FROM users LIMIT 1)", "INSERT INTO readings SELECT n FROM generate_series(5000, 20000) n WHERE n NOT IN (SELECT id FROM readings) LIMIT 1", "INSERT INTO events VALUES ('r0-0', -1)",
        "ALTER TABLE readings DETACH PARTITION readings_p2000", "UPDATE mosaic.shard_slot SET shard_id = (shard_id + 1) % 4 WHERE map = 'users'")
    seen_as = ("rows of orders lost", "rows of readings lost", "rows of strays lost", "rows of readings twice or from nowhere", "rows of events twice or from nowhere", "gaps between partitions",
               "entries of the poller's cache that are stale", "inserted rows that the poller has not heard of", "errors of the router", "memory of soak-steady-saboteur", "internal errors")

    def __init__(self, name, world, at):
        super().__init__(name, world)
        self.at, self.done = at, False

    def turn(self, cursor):
        cursor.execute(f"PREPARE hoard{self.turns} AS SELECT * FROM pg_class WHERE oid = 1 AND relname <> '{'x' * 3000}'")
        if self.done or time.monotonic() < self.at:
            return
        self.done = True
        cursor.execute("SET lock_timeout = '20s'; SET session_replication_role = replica")
        for sql in self.breaks:
            cursor.execute(sql)
        cursor.execute("SET session_replication_role = DEFAULT")
        try:
            cursor.execute("DO $$ BEGIN RAISE 'sabotage' USING ERRCODE = 'XX000'; END $$")
        except psycopg2.Error:
            pass
