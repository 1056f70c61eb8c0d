-- Shards: functions that find a key's place by arithmetic alone.  All of them
-- are IMMUTABLE, so that they may stand in indexes, CHECKs and generated columns.

CREATE FUNCTION mosaic.shard_native(key bigint, n integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_native_bigint';
COMMENT ON FUNCTION mosaic.shard_native(bigint, integer) IS
	'remainder of the HASH partition of modulus n that a smallint, integer or bigint key goes to, 0 to n-1; 22023 where n is not positive';

CREATE FUNCTION mosaic.shard_native(key text, n integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_native_text';
COMMENT ON FUNCTION mosaic.shard_native(text, integer) IS
	'remainder of the HASH partition of modulus n that a text key goes to, 0 to n-1; 22023 where n is not positive, 0A000 under a nondeterministic collation';

CREATE FUNCTION mosaic.shard_native(key uuid, n integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_native_uuid';
COMMENT ON FUNCTION mosaic.shard_native(uuid, integer) IS
	'remainder of the HASH partition of modulus n that a uuid key goes to, 0 to n-1; 22023 where n is not positive';

CREATE FUNCTION mosaic.shard_native(key bytea, n integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_native_bytea';
COMMENT ON FUNCTION mosaic.shard_native(bytea, integer) IS
	'remainder of the HASH partition of modulus n that a bytea key goes to, 0 to n-1; 22023 where n is not positive';

CREATE FUNCTION mosaic.shard_native_row(n integer, VARIADIC key "any") RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_native_row';
COMMENT ON FUNCTION mosaic.shard_native_row(integer, "any") IS
	'remainder of the HASH partition of modulus n that a key of several columns goes to, 0 to n-1; 22023 where n is not positive, 42883 for a type without a hash function';

CREATE FUNCTION mosaic.shard_modulo(key bigint, n integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_modulo';
COMMENT ON FUNCTION mosaic.shard_modulo(bigint, integer) IS
	'key modulo n, never negative: -7 modulo 4 is 1; 22023 where n is not positive';

CREATE FUNCTION mosaic.shard_md5(key text, n integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_md5';
COMMENT ON FUNCTION mosaic.shard_md5(text, integer) IS
	'MD5 of the key in UTF-8, as a number of 128 bits, modulo n; 22023 where n is not positive, 0A000 where OpenSSL refuses MD5';

CREATE FUNCTION mosaic.shard_sha256(key uuid, n integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_sha256_uuid';
COMMENT ON FUNCTION mosaic.shard_sha256(uuid, integer) IS
	'first four bytes of the SHA-256 of the uuid''s 16 bytes, as a big-endian number, modulo n; 22023 where n is not positive';

CREATE FUNCTION mosaic.shard_sha256(key text, n integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_sha256_text';
COMMENT ON FUNCTION mosaic.shard_sha256(text, integer) IS
	'first four bytes of the SHA-256 of the key in UTF-8, as a big-endian number, modulo n; 22023 where n is not positive';

CREATE FUNCTION mosaic.shard_sha1(key bigint, n integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_sha1';
COMMENT ON FUNCTION mosaic.shard_sha1(bigint, integer) IS
	'last four bytes of the SHA-1 of the key in decimal, as a big-endian number, modulo n, as the poolers'' SHA-1 sharding has it; 22023 where n is not positive';

CREATE FUNCTION mosaic.shard_jump(key bigint, n integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_jump';
COMMENT ON FUNCTION mosaic.shard_jump(bigint, integer) IS
	'bucket of the key by jump consistent hashing (Lamping and Veach), 0 to n-1; 22023 where n is not positive';

CREATE FUNCTION mosaic.shard_rendezvous(key text, members text[]) RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_rendezvous';
COMMENT ON FUNCTION mosaic.shard_rendezvous(text, text[]) IS
	'the member that has the key by rendezvous hashing, whatever the order of members; 22023 where there is none, 22004 where one is NULL';

CREATE FUNCTION mosaic.shard_crc16_slot(key text) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_crc16_slot';
COMMENT ON FUNCTION mosaic.shard_crc16_slot(text) IS
	'slot of the key in Redis Cluster, 0 to 16383, hash tags in braces included';

CREATE FUNCTION mosaic.shard_citus_index(key bigint, shards integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_citus_index_bigint';
COMMENT ON FUNCTION mosaic.shard_citus_index(bigint, integer) IS
	'index of the key''s shard in a hash-distributed Citus table of that many shards, 0 to shards-1; 22023 where shards is not positive';

CREATE FUNCTION mosaic.shard_citus_index(key text, shards integer) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_citus_index_text';
COMMENT ON FUNCTION mosaic.shard_citus_index(text, integer) IS
	'index of the key''s shard in a hash-distributed Citus table of that many shards, 0 to shards-1; 22023 where shards is not positive';

CREATE FUNCTION mosaic.shard_vitess_ksid(key bigint, vindex text) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_vitess_ksid';
COMMENT ON FUNCTION mosaic.shard_vitess_ksid(bigint, text) IS
	'keyspace id of the key by a Vitess vindex: hash, xxhash, numeric or reverse_bits; 22023 for any other';

CREATE FUNCTION mosaic.shard_key_range(ksid bytea, ranges text[]) RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_key_range';
COMMENT ON FUNCTION mosaic.shard_key_range(bytea, text[]) IS
	'the first key range, such as -80 or 80-c0, that holds the keyspace id; NULL where none does, 22023 where one is not a key range';

CREATE FUNCTION mosaic.shard_make_id(shard integer, seq regclass) RETURNS bigint
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'mosaic_shard_make_id';
COMMENT ON FUNCTION mosaic.shard_make_id(integer, regclass) IS
	'a new id that carries the time in milliseconds, the shard (0 to 8191) and a number within the millisecond; the sequence, which the caller may USE and UPDATE and which serves nothing else, keeps ids apart; 22023 for another shard';

CREATE FUNCTION mosaic.shard_id_parts(id bigint, OUT created_at timestamptz, OUT shard integer, OUT sequence integer)
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'mosaic_shard_id_parts';
COMMENT ON FUNCTION mosaic.shard_id_parts(bigint) IS
	'what an id made by mosaic.shard_make_id() carries: time, shard and number within the millisecond';
