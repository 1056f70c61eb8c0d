// key.hpp: what may be a shard key, and its normal form.
//
// The normal form of a key is a 64-bit number (bigint, date, timestamptz) or
// bytes (text, uuid, bytea).  Ranges compare it, directories look it up, and
// the native hash of it is the server's hash of the key.
#pragma once

#include <string>
#include <string_view>

#include "pg/bytes.hpp"
#include "pg/native_hash.hpp"
#include "pg/value.hpp"

namespace shard {

enum class key_kind : uint8 { bigint, text, uuid, bytea, date, timestamptz };

struct key {
	bool numeric = false;
	int64 number = 0;
	std::string_view bytes;

	bool operator==(const key &) const = default;
};

inline key number_key(int64 number) { return {true, number, {}}; }
inline key bytes_key(std::string_view bytes) { return {false, 0, bytes}; }

// The kind that a map of this key type has; refuses unsuitable types, with
// the reason.
key_kind kind_of_type(Oid type);
Oid type_of_kind(key_kind kind);
inline bool is_numeric(key_kind kind) { return kind != key_kind::text && kind != key_kind::uuid && kind != key_kind::bytea; }

// A datum of one of the types that kind_of_type() accepts.
inline key key_of(Oid type, Datum datum)
{
	switch (type)
	{
	case INT2OID:
		return number_key(DatumGetInt16(datum));
	case INT4OID:
		return number_key(DatumGetInt32(datum));
	case INT8OID:
	case TIMESTAMPTZOID:
		return number_key(DatumGetInt64(datum));
	case DATEOID:
		return number_key(DatumGetDateADT(datum));
	case UUIDOID:
		return bytes_key({reinterpret_cast<const char *>(DatumGetUUIDP(datum)->data), UUID_LEN});
	default:
		return bytes_key(pg::bytes_of(datum));
	}
}

// Text, read by the input function of the kind's type.
key parse_key(key_kind kind, const std::string &text);

// The text by which catalogs name a key: the output of the type in ISO style,
// UTC and hexadecimal.
std::string key_text(key_kind kind, const key &k);

// The same for a message, where a long key is cut.
std::string shown_key(key_kind kind, const key &k);

// What md5, crc16 and rendezvous hashing are taken of: bytes as they are, text
// in UTF-8, any other key as the text that a client writes.
std::string_view client_text(key_kind kind, const key &k, std::string &buffer);

// The server's hash of the key as a column of a HASH partition key.
inline uint64 native_hash(const key &k)
{
	return k.numeric ? pg::partition_hash(k.number) : pg::partition_hash(k.bytes);
}

} // namespace shard
