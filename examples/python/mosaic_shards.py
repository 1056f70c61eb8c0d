"""Routes keys by a shard map exported from pg_mosaic, without asking the server.

    shards = ShardMap(json.loads(export))
    shards.shard_for(42)

Keys of bigint maps are integers, of uuid maps uuid.UUID, of text maps strings.
The server must be little-endian and, for text, use UTF-8.
"""
import bisect
import hashlib
import json
import math
import sys
import uuid

M32 = 0xFFFFFFFF
M64 = 0xFFFFFFFFFFFFFFFF
SEED = 0x7A5B22367996DCFD  # of HASH partitions


def rotate(x, k):
    return ((x << k) | (x >> (32 - k))) & M32


def mix(a, b, c):
    for k in (4, 6, 8, 16, 19, 4):
        a = ((a - c) & M32) ^ rotate(c, k)
        c = (c + b) & M32
        a, b, c = b, c, a
    return a, b, c


def start(size):
    a = (0x9E3779B9 + size + 3923095) & M32
    return mix((a + (SEED >> 32)) & M32, (a + (SEED & M32)) & M32, a)


def finish(a, b, c):
    for k in (14, 11, 25, 16, 4, 14, 24):
        c = ((c ^ b) - rotate(b, k)) & M32
        a, b, c = b, c, a
    return a << 32 | b  # after seven turns b is called a, and c b


def hash_int(value):
    low, high = value & M32, (value >> 32) & M32
    low ^= high if value >= 0 else high ^ M32
    a, b, c = start(4)
    return finish((a + low) & M32, b, c)


def hash_bytes(data):
    a, b, c = start(len(data))
    word = lambda part: int.from_bytes(part, "little")
    while len(data) >= 12:
        a, b, c = mix((a + word(data[:4])) & M32, (b + word(data[4:8])) & M32, (c + word(data[8:12])) & M32)
        data = data[12:]
    return finish((a + word(data[:4])) & M32, (b + word(data[4:8])) & M32, (c + (word(data[8:]) << 8)) & M32)


def native_remainder(key_hash, n):
    """The remainder of the HASH partition of modulus n."""
    return ((key_hash + 0x49A0F4DD15E5A8E3) & M64) % n


def jump(key, n):
    key &= M64
    bucket, following = -1, 0
    while following < n:
        bucket = following
        key = (key * 2862933555777941757 + 1) & M64
        following = int((bucket + 1) * (float(1 << 31) / float((key >> 33) + 1)))
    return bucket


def crc16_slot(data):
    opening = data.find(b"{")
    if opening >= 0:
        closing = data.find(b"}", opening + 1)
        if closing > opening + 1:
            data = data[opening + 1 : closing]
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc % 16384


def mix64(h):
    h = (h ^ h >> 33) * 0xFF51AFD7ED558CCD & M64
    h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53 & M64
    return h ^ h >> 33


class ShardMap:
    def __init__(self, export):
        self.name, self.epoch = export["map"], export["epoch"]
        self.strategy, self.key_type, self.hash = export["strategy"], export["key_type"], export["hash"]
        self.default = export["default_shard"]
        self.shards = sorted(export["shards"], key=lambda s: s["shard"])
        self.owners = [None] * (export["slots"] or 0)
        for run in export.get("runs", []):
            self.owners[run["first"] : run["last"] + 1] = [run["shard"]] * (run["last"] + 1 - run["first"])
        self.ranges = sorted(export.get("ranges", []), key=lambda r: (r["lower"] is not None, r["lower"] and self.bound(r["lower"])))
        self.lowers = [self.bound(r["lower"]) for r in self.ranges if r["lower"] is not None]
        self.keys = {self.bound(k["key"]): k["shard"] for k in export.get("keys", [])}

    def bound(self, text):
        """A bound or listed key, in the form in which keys compare."""
        if self.key_type == "bigint":
            return int(text)
        return uuid.UUID(text).bytes if self.key_type == "uuid" else text.encode()

    def shard_for(self, key):
        if self.key_type not in ("bigint", "uuid", "text"):
            raise NotImplementedError(f"keys of type {self.key_type}: ask the server")
        data = key if self.key_type == "bigint" else key.bytes if self.key_type == "uuid" else key.encode()
        found = getattr(self, "in_" + self.strategy)(data, str(key).encode())
        found = self.default if found is None else found
        if found is None:
            raise LookupError(f"no shard of map {self.name} owns the key {key}")
        return found

    def native(self, data):
        return hash_int(data) if isinstance(data, int) else hash_bytes(data)

    def md5(self, text, n):
        return int(hashlib.md5(text).hexdigest(), 16) % n

    def sha256(self, data, text, n):
        hashed = data if self.key_type == "uuid" else text
        return int.from_bytes(hashlib.sha256(hashed).digest()[:4], "big") % n

    def slot(self, data, text):
        n = len(self.owners)
        if self.hash == "native":
            return native_remainder(self.native(data), n)
        if self.hash == "md5":
            return self.md5(text, n)
        return self.sha256(data, text, n) if self.hash == "sha256" else crc16_slot(text) % n

    def in_slots(self, data, text):
        return self.owners[self.slot(data, text)]

    def in_modulo(self, data, text):
        return self.shards[data % len(self.shards)]["shard"]

    def in_jump(self, data, text):
        return self.shards[jump(data, len(self.shards))]["shard"]

    def in_md5(self, data, text):
        return self.shards[self.md5(text, len(self.shards))]["shard"]

    def in_sha256(self, data, text):
        return self.shards[self.sha256(data, text, len(self.shards))]["shard"]

    def in_rendezvous(self, data, text):
        key_hash = hash_bytes(text)

        def score(shard):
            h = mix64(key_hash ^ mix64(hash_bytes(shard["name"].encode())))
            return -shard["weight"] / math.log(((h >> 11) + 0.5) * 2.0**-53)

        takers = [s for s in self.shards if s["weight"] > 0 and not s["draining"]]
        return max(takers, key=score)["shard"] if takers else None

    def in_range(self, data, text):
        position = bisect.bisect_right(self.lowers, data) - 1 + (len(self.ranges) - len(self.lowers))
        if position < 0:
            return None
        found = self.ranges[position]
        return found["shard"] if found["upper"] is None or data < self.bound(found["upper"]) else None

    def in_list(self, data, text):
        return self.keys.get(data)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        shards = ShardMap(json.load(file))
    parse = {"bigint": int, "uuid": uuid.UUID}.get(shards.key_type, str)
    for line in sys.stdin:
        print(shards.shard_for(parse(line.rstrip("\n"))))


if __name__ == "__main__":
    main()
