"""Keeps a Redis in front of PostgreSQL clean: deletes what pg_mosaic says has changed.

    cache_listener.py [--redis /path/to/socket | host:port] [--channel cache_invalidation] [--token file]

The database is named by PG* variables or DATABASE_URL.  Needs psycopg2; speaks
the Redis protocol itself.  Understands payloads of keys ("c" with "k") and of
rows ({"table": "users", "id": 123, "operation": "UPDATE"}, for key users:123).

How nothing is missed: LISTEN first, then ask for what has changed since the
token kept from last time, then live notifications.  A gap in "prev", "more" or
a doorbell is a reason to ask; "reset" and a table as a whole are reasons to
flush.  Deleting twice does no harm.
"""
import argparse
import json
import os
import select
import socket
import sys

import psycopg2


class Redis:
    """As much of a client as it takes to delete, and to store safely."""

    def __init__(self, address):
        if address.startswith("/"):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(address)
        else:
            host, port = address.rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)))
        self.reader = self.socket.makefile("rb")

    def command(self, *words):
        words = [w if isinstance(w, bytes) else str(w).encode() for w in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        return self.reply()

    def reply(self):
        line = self.reader.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"$":
            return None if rest == b"-1" else self.reader.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest

    def delete(self, keys):
        """With the leases of readers that are about to store an older value."""
        words = [word for key in keys for word in (key, "lease:" + key)]
        for n in range(0, len(words), 1000):
            self.command("DEL", *words[n : n + 1000])

    def delete_table(self, table):
        """All keys of a table: those that begin with its bare name."""
        for pattern in (f"lease:{table}:*", f"{table}:*"):
            cursor = b"0"
            while True:
                cursor, keys = self.command("SCAN", cursor, "MATCH", pattern, "COUNT", "1000")
                if keys:
                    self.command("DEL", *keys)
                if cursor == b"0":
                    break

    def lease(self, key, name):
        """Before reading from the database what is to be stored under a key."""
        self.command("SET", "lease:" + key, name, "PX", "10000")

    def store(self, key, name, value):
        """Only if nothing has been invalidated since the lease."""
        script = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('SET', KEYS[2], ARGV[2]) end"
        self.command("EVAL", script, 2, "lease:" + key, key, name, value)

    def flush(self):
        self.command("FLUSHDB")


class Listener:
    def __init__(self, connection, redis, channel, token_file=None):
        self.connection, self.redis, self.channel, self.token_file = connection, redis, channel, token_file
        self.token = None
        self.position = None
        connection.autocommit = True
        self.cursor = connection.cursor()
        self.cursor.execute("LISTEN " + psycopg2.extensions.quote_ident(channel, connection))
        if token_file and os.path.exists(token_file):
            with open(token_file, encoding="ascii") as file:
                self.keep(file.read().strip())
            self.ask()
        else:  # who has kept nothing has missed everything
            self.redis.flush()
            self.cursor.execute("SELECT mosaic.token()")
            self.keep(self.cursor.fetchone()[0])

    def keep(self, token):
        self.token = token
        self.position = int(token.split(":")[1])
        if self.token_file:
            with open(self.token_file + ".new", "w", encoding="ascii") as file:
                file.write(token)
            os.replace(self.token_file + ".new", self.token_file)

    def ask(self):
        """Deals with everything since the token, page by page."""
        while True:
            self.cursor.execute("SELECT token, rel, key, is_all, reset FROM mosaic.changes_since(%s, %s)", (self.token, self.channel))
            rows = self.cursor.fetchall()
            for _, relation, key, is_all, reset in rows:
                if reset:
                    self.redis.flush()
                elif is_all:
                    self.forget_table(relation)
                elif key:
                    self.forget_key(key)
            before, token = self.token, rows[0][0]
            self.keep(token)
            if token == before or all(row[2] is None and not row[3] for row in rows):
                return

    def forget_key(self, key):
        row = parsed_row(key)
        self.redis.delete([key if row is None else f"{row['table']}:{row_key(row)}"])

    def forget_table(self, relation):
        if relation:
            self.redis.delete_table(relation.rsplit(".", 1)[-1].strip('"'))
        else:
            self.redis.flush()

    def hear(self, payload):
        message = json.loads(payload)
        if "table" in message:  # a row, as the classic trigger sends it; it has no position
            if message["id"] is None:
                self.redis.delete_table(message["table"])
            else:
                self.redis.delete([f"{message['table']}:{row_key(message)}"])
            return
        position = message.get("pos")
        if position is not None and position <= self.position:
            return  # told already by changes_since()
        missed = position is not None and message["prev"] > self.position
        if missed or message.get("more") or "c" not in message:
            self.ask()
            return
        for change in message["c"]:
            if change.get("all"):
                self.forget_table(change["r"])
            else:
                self.redis.delete(change["k"])
        if position is not None and message["part"] == message["of"]:
            self.keep(f"{message['e']}:{position}")

    def run(self):
        while True:
            select.select([self.connection], [], [])
            self.connection.poll()
            while self.connection.notifies:
                self.hear(self.connection.notifies.pop(0).payload)


def parsed_row(key):
    if not key.startswith('{"table": '):
        return None
    return json.loads(key)


def row_key(row):
    return ":".join(str(part) for part in row["id"].values()) if isinstance(row["id"], dict) else row["id"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--redis", default="127.0.0.1:6379")
    parser.add_argument("--channel", default="cache_invalidation")
    parser.add_argument("--token", help="file that keeps the position from one start to the next")
    arguments = parser.parse_args()
    connection = psycopg2.connect(os.environ.get("DATABASE_URL", ""))
    listener = Listener(connection, Redis(arguments.redis), arguments.channel, arguments.token)
    print("listening", flush=True)
    listener.run()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
