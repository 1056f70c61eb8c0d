// Routes keys by a shard map exported from pg_mosaic, without asking the server.
//
//     const shards = new ShardMap(JSON.parse(exported));
//     shards.shardFor('42');
//
// Keys are strings, or numbers and BigInts for bigint maps.  The server must be
// little-endian and, for text, use UTF-8.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { argv, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SEED_HIGH = 0x7a5b2236;
const SEED_LOW = 0x7996dcfd; // of HASH partitions
const COMBINE = 0x49a0f4dd15e5a8e3n;

const rotate = (x, k) => (x << k) | (x >>> (32 - k));

function mix(a, b, c) {
  for (const k of [4, 6, 8, 16, 19, 4]) {
    a = (a - c) ^ rotate(c, k);
    c = (c + b) | 0;
    [a, b, c] = [b, c, a];
  }
  return [a, b, c];
}

function start(size) {
  const a = (0x9e3779b9 + size + 3923095) | 0;
  return mix((a + SEED_HIGH) | 0, (a + SEED_LOW) | 0, a);
}

function finish(a, b, c) {
  for (const k of [14, 11, 25, 16, 4, 14, 24]) {
    c = ((c ^ b) - rotate(b, k)) | 0;
    [a, b, c] = [b, c, a];
  }
  return (BigInt(a >>> 0) << 32n) | BigInt(b >>> 0); // after seven turns b is called a, and c b
}

export function hashInt(value) {
  let low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  low ^= value >= 0n ? high : ~high;
  const [a, b, c] = start(4);
  return finish((a + low) | 0, b, c);
}

export function hashBytes(data) {
  let [a, b, c] = start(data.length);
  let i = 0;
  const word = (at) => (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16) | ((data[at + 3] ?? 0) << 24);
  for (; data.length - i >= 12; i += 12) {
    [a, b, c] = mix((a + word(i)) | 0, (b + word(i + 4)) | 0, (c + word(i + 8)) | 0);
  }
  return finish((a + word(i)) | 0, (b + word(i + 4)) | 0, (c + (word(i + 8) << 8)) | 0);
}

// The remainder of the HASH partition of modulus n.
export const nativeRemainder = (hash, n) => Number(BigInt.asUintN(64, hash + COMBINE) % BigInt(n));

export const floorModulo = (key, n) => Number(((key % BigInt(n)) + BigInt(n)) % BigInt(n));

export function jump(key, n) {
  key = BigInt.asUintN(64, key);
  let bucket = -1;
  for (let next = 0; next < n;) {
    bucket = next;
    key = BigInt.asUintN(64, key * 2862933555777941757n + 1n);
    next = Math.floor((bucket + 1) * (2 ** 31 / Number((key >> 33n) + 1n)));
  }
  return bucket;
}

export function crc16Slot(data) {
  const open = data.indexOf(0x7b);
  const close = open < 0 ? -1 : data.indexOf(0x7d, open + 1);
  if (close > open + 1) data = data.subarray(open + 1, close);
  let crc = 0;
  for (const byte of data) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % 16384;
}

function mix64(h) {
  h = BigInt.asUintN(64, (h ^ (h >> 33n)) * 0xff51afd7ed558ccdn);
  h = BigInt.asUintN(64, (h ^ (h >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return h ^ (h >> 33n);
}

const md5 = (text, n) => Number(BigInt('0x' + createHash('md5').update(text).digest('hex')) % BigInt(n));
const sha256 = (data, n) => createHash('sha256').update(data).digest().readUInt32BE(0) % n;
const uuidBytes = (text) => Buffer.from(text.replaceAll('-', ''), 'hex');
const compare = (a, b) => (typeof a === 'bigint' ? (a < b ? -1 : a > b ? 1 : 0) : Buffer.compare(a, b));

export class ShardMap {
  constructor(exported) {
    Object.assign(this, { name: exported.map, epoch: exported.epoch, strategy: exported.strategy, hash: exported.hash });
    this.keyType = exported.key_type;
    this.defaultShard = exported.default_shard;
    this.shards = exported.shards.toSorted((a, b) => a.shard - b.shard);
    this.owners = new Array(exported.slots ?? 0).fill(null);
    for (const run of exported.runs ?? []) this.owners.fill(run.shard, run.first, run.last + 1);
    const bound = (text) => (text === null ? null : this.parse(text).value);
    this.ranges = (exported.ranges ?? []).map((r) => ({ lower: bound(r.lower), upper: bound(r.upper), shard: r.shard }));
    this.keys = new Map((exported.keys ?? []).map((k) => [k.key, k.shard]));
  }

  // value: what is hashed and compared; text: as a client writes it
  parse(key) {
    if (this.keyType === 'bigint') return { value: BigInt(key), text: Buffer.from(BigInt(key).toString()) };
    if (this.keyType === 'uuid') return { value: uuidBytes(key), text: Buffer.from(key.toLowerCase()) };
    if (this.keyType === 'text') return { value: Buffer.from(key), text: Buffer.from(key) };
    throw new Error(`keys of type ${this.keyType}: ask the server`);
  }

  shardFor(key) {
    const parsed = this.parse(key);
    const found = this.find(parsed.value, parsed.text) ?? this.defaultShard;
    if (found === null) throw new Error(`no shard of map ${this.name} owns the key ${key}`);
    return found;
  }

  find(value, text) {
    const n = this.shards.length;
    const digested = this.keyType === 'uuid' ? value : text;
    switch (this.strategy) {
      case 'slots': return this.owners[this.slot(value, text)];
      case 'modulo': return this.shards[floorModulo(value, n)].shard;
      case 'jump': return this.shards[jump(value, n)].shard;
      case 'md5': return this.shards[md5(text, n)].shard;
      case 'sha256': return this.shards[sha256(digested, n)].shard;
      case 'rendezvous': return this.rendezvous(hashBytes(text));
      case 'range': return this.ranges.find((r) => (r.lower === null || compare(r.lower, value) <= 0) && (r.upper === null || compare(value, r.upper) < 0))?.shard;
      case 'list': return this.keys.get(text.toString());
      default: throw new Error(`strategy ${this.strategy}: ask the server`);
    }
  }

  slot(value, text) {
    const n = this.owners.length;
    switch (this.hash) {
      case 'native': return nativeRemainder(typeof value === 'bigint' ? hashInt(value) : hashBytes(value), n);
      case 'md5': return md5(text, n);
      case 'sha256': return sha256(this.keyType === 'uuid' ? value : text, n);
      default: return crc16Slot(text) % n;
    }
  }

  rendezvous(keyHash) {
    let best = { score: -1, shard: null };
    for (const { shard, name, weight, draining } of this.shards) {
      if (weight === 0 || draining) continue;
      const h = mix64(keyHash ^ mix64(hashBytes(Buffer.from(name))));
      const score = -weight / Math.log((Number(h >> 11n) + 0.5) * 2 ** -53);
      if (score > best.score) best = { score, shard };
    }
    return best.shard;
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const shards = new ShardMap(JSON.parse(readFileSync(argv[2], 'utf8')));
  for await (const line of createInterface({ input: stdin })) stdout.write(`${shards.shardFor(line)}\n`);
}
