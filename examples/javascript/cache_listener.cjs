// Keeps a Redis in front of PostgreSQL clean: deletes what pg_mosaic says has changed.
//
//   node cache_listener.cjs [--redis /path/to/socket | host:port] [--channel cache_invalidation] [--token file]
//
// The database is named by PG* variables or DATABASE_URL.  Needs the package
// pg; speaks the Redis protocol itself.  Understands payloads of keys ("c"
// with "k") and of rows ({"table": "users", "id": 123, "operation": "UPDATE"},
// for key users:123).
//
// How nothing is missed: LISTEN first, then ask for what has changed since the
// token kept from last time, then live notifications, one after the other.  A
// gap in "prev", "more" or a doorbell is a reason to ask; "reset" and a table
// as a whole are reasons to flush.  Ends with its connection: whoever starts
// it again gives it the token file, and it goes on from there.
"use strict";
const fs = require("node:fs");
const net = require("node:net");
const { parseArgs } = require("node:util");
const { Client } = require("pg");

// As much of a Redis client as it takes to delete.
class Redis {
    constructor(address) {
        const colon = address.lastIndexOf(":");
        this.socket = address.startsWith("/")
            ? net.connect(address)
            : net.connect(Number(address.slice(colon + 1)), address.slice(0, colon));
        this.waiting = [];
        this.received = "";
        this.socket.setEncoding("latin1"); // a byte, a character
        this.socket.on("data", (data) => this.hear(data));
        this.socket.on("error", fail);
        this.socket.on("close", () => fail(new Error("Redis has closed the connection")));
    }

    command(...words) {
        const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
        this.socket.write(`*${words.length}\r\n${parts.join("")}`);
        return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
    }

    hear(data) {
        this.received += data;
        for (let reply; (reply = parseReply(this.received, 0)) !== null;) {
            this.received = this.received.slice(reply.end);
            const { resolve, reject } = this.waiting.shift();
            if (reply.value instanceof Error) reject(reply.value);
            else resolve(reply.value);
        }
    }

    // With the leases of readers that are about to store an older value.
    async delete(keys) {
        const words = keys.flatMap((key) => [key, `lease:${key}`]);
        for (let n = 0; n < words.length; n += 1000) await this.command("DEL", ...words.slice(n, n + 1000));
    }

    // All keys of a table: those that begin with its bare name.
    async deleteTable(table) {
        for (const pattern of [`lease:${table}:*`, `${table}:*`]) {
            let cursor = "0";
            do {
                const [next, keys] = await this.command("SCAN", cursor, "MATCH", pattern, "COUNT", "1000");
                if (keys.length > 0) await this.command("DEL", ...keys.map((key) => Buffer.from(key, "latin1").toString()));
                cursor = next;
            } while (cursor !== "0");
        }
    }

    flush() {
        return this.command("FLUSHDB");
    }
}

// The reply at a place in what has been received, and where it ends; null
// where it has not come whole.
function parseReply(text, at) {
    const line = text.indexOf("\r\n", at);
    if (line < 0) return null;
    const rest = text.slice(at + 1, line);
    let end = line + 2;
    switch (text[at]) {
        case "-":
            return { value: new Error(rest), end };
        case "$": {
            const length = Number(rest);
            if (length < 0) return { value: null, end };
            return text.length < end + length + 2 ? null : { value: text.slice(end, end + length), end: end + length + 2 };
        }
        case "*": {
            const value = [];
            while (value.length < Number(rest)) {
                const item = parseReply(text, end);
                if (item === null) return null;
                value.push(item.value);
                end = item.end;
            }
            return { value, end };
        }
        default:
            return { value: rest, end };
    }
}

class Listener {
    constructor(client, redis, channel, tokenFile) {
        Object.assign(this, { client, redis, channel, tokenFile });
    }

    async begin() {
        await this.client.query(`LISTEN ${this.client.escapeIdentifier(this.channel)}`);
        if (this.tokenFile !== undefined && fs.existsSync(this.tokenFile)) {
            this.keep(fs.readFileSync(this.tokenFile, "ascii").trim());
            await this.ask();
        } else { // who has kept nothing has missed everything
            await this.redis.flush();
            this.keep((await this.client.query("SELECT mosaic.token()")).rows[0].token);
        }
    }

    keep(token) {
        this.token = token;
        this.position = Number(token.split(":")[1]);
        if (this.tokenFile === undefined) return;
        fs.writeFileSync(`${this.tokenFile}.new`, token);
        fs.renameSync(`${this.tokenFile}.new`, this.tokenFile);
    }

    // Deals with everything since the token, page by page.
    async ask() {
        for (;;) {
            const { rows } = await this.client.query("SELECT token, rel, key, is_all, reset FROM mosaic.changes_since($1, $2)", [this.token, this.channel]);
            for (const { rel, key, is_all: isAll, reset } of rows) {
                if (reset) await this.redis.flush();
                else if (isAll) await this.forgetTable(rel);
                else if (key !== null) await this.forgetKey(key);
            }
            const before = this.token;
            this.keep(rows[0].token);
            if (this.token === before || rows.every((row) => row.key === null && !row.is_all)) return;
        }
    }

    forgetKey(key) {
        return this.redis.delete([key.startsWith('{"table": ') ? rowKey(key) : key]);
    }

    forgetTable(relation) {
        return relation ? this.redis.deleteTable(bareName(relation)) : this.redis.flush();
    }

    async hear(payload) {
        const message = JSON.parse(payload);
        if (message.table !== undefined) { // a row, as the classic trigger sends it; it has no position
            await (message.id === null ? this.redis.deleteTable(message.table) : this.redis.delete([rowKey(payload)]));
            return;
        }
        if (message.pos !== undefined && message.pos <= this.position) return; // told already by changes_since()
        if ((message.pos !== undefined && message.prev > this.position) || message.more || message.c === undefined) {
            await this.ask();
            return;
        }
        for (const change of message.c)
            await (change.all ? this.forgetTable(change.r) : this.redis.delete(change.k));
        if (message.pos !== undefined && message.part === message.of) this.keep(`${message.e}:${message.pos}`);
    }
}

function bareName(relation) {
    return relation.slice(relation.lastIndexOf(".") + 1).replace(/^"|"$/g, "");
}

// The key of a row.  An integer is taken as it is written: JSON.parse would
// round a long one.
function rowKey(payload) {
    const { table, id } = JSON.parse(payload);
    const digits = /^\{"table": "(?:[^"\\]|\\.)*", "id": (-?\d+), /.exec(payload);
    if (digits) return `${table}:${digits[1]}`;
    return [table, ...(typeof id === "object" ? Object.values(id) : [id])].join(":");
}

function fail(error) {
    console.error(error.message);
    process.exit(1);
}

async function main() {
    const { values } = parseArgs({ options: { redis: { type: "string" }, channel: { type: "string" }, token: { type: "string" } } });
    const client = new Client(process.env.DATABASE_URL ? { connectionString: process.env.DATABASE_URL } : {});
    client.on("error", fail);
    client.on("end", () => fail(new Error("PostgreSQL has closed the connection")));
    const listener = new Listener(client, new Redis(values.redis ?? "127.0.0.1:6379"), values.channel ?? "cache_invalidation", values.token);
    // What comes while another thing is being dealt with waits its turn.
    let turn = client.connect().then(() => listener.begin());
    turn.then(() => console.log("listening")).catch(fail);
    client.on("notification", ({ payload }) => {
        turn = turn.then(() => listener.hear(payload));
        turn.catch(fail);
    });
}

main().catch(fail);
