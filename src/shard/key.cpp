// key.cpp: what may be a shard key, and its normal form.
#include "shard/key.hpp"

#include "pg/calendar.hpp"
#include "pg/naming.hpp"

namespace shard {

namespace {

constexpr const char *accepted_types = "Shard keys are smallint, integer, bigint, text, varchar, uuid, bytea, date or timestamptz.";

[[noreturn]] void refuse_type(Oid type, const char *why, const char *hint)
{
	throw pg::failure(ERRCODE_DATATYPE_MISMATCH, "keys of type " + pg::format_type(type) + " cannot be sharded", why, hint);
}

[[noreturn]] void refuse_other_type(Oid type)
{
	if (pg::call(type_is_enum, type))
		refuse_type(type, "An enum value is hashed by its OID, which differs between databases.", "Cast the key to text.");
	switch (type)
	{
	case FLOAT4OID:
	case FLOAT8OID:
	case NUMERICOID:
		refuse_type(type, "Equal numbers can have different representations, which clients hash differently.",
					"Cast the key to bigint or to text.");
	case TIMESTAMPOID:
		refuse_type(type, "A timestamp without time zone names a different instant in each session.", "Cast the key to timestamptz.");
	default:
		refuse_type(type, accepted_types, "Cast the key to text.");
	}
}

} // namespace

key_kind kind_of_type(Oid type)
{
	pg::require_type(type);
	const Oid base = pg::call(getBaseType, type);
	switch (base)
	{
	case INT2OID:
	case INT4OID:
	case INT8OID:
		return key_kind::bigint;
	case TEXTOID:
	case VARCHAROID:
		return key_kind::text;
	case UUIDOID:
		return key_kind::uuid;
	case BYTEAOID:
		return key_kind::bytea;
	case DATEOID:
		return key_kind::date;
	case TIMESTAMPTZOID:
		return key_kind::timestamptz;
	default:
		refuse_other_type(base);
	}
}

Oid type_of_kind(key_kind kind)
{
	switch (kind)
	{
	case key_kind::bigint:
		return INT8OID;
	case key_kind::text:
		return TEXTOID;
	case key_kind::uuid:
		return UUIDOID;
	case key_kind::bytea:
		return BYTEAOID;
	case key_kind::date:
		return DATEOID;
	case key_kind::timestamptz:
		return TIMESTAMPTZOID;
	}
	pg_unreachable();
}

key parse_key(key_kind kind, const std::string &text)
{
	const Oid type = type_of_kind(kind);
	return key_of(type, pg::input(type, text.c_str()));
}

std::string key_text(key_kind kind, const key &k)
{
	switch (kind)
	{
	case key_kind::bigint:
		return std::to_string(k.number);
	case key_kind::text:
		return std::string(k.bytes);
	case key_kind::date:
		return pg::iso_date(static_cast<DateADT>(k.number));
	case key_kind::timestamptz:
		return pg::iso_instant(k.number);
	case key_kind::uuid:
		return pg::output(UUIDOID, PointerGetDatum(k.bytes.data()));
	case key_kind::bytea:
		return pg::hex_text(k.bytes);
	}
	pg_unreachable();
}

std::string shown_key(key_kind kind, const key &k)
{
	constexpr std::size_t enough = 128;
	const std::string text = key_text(kind, k);
	return text.size() <= enough ? text : pg::clipped(text, enough) + "...";
}

std::string_view client_text(key_kind kind, const key &k, std::string &buffer)
{
	switch (kind)
	{
	case key_kind::text:
		return pg::utf8_of(k.bytes);
	case key_kind::bytea:
		return k.bytes;
	default:
		buffer = key_text(kind, k);
		return buffer;
	}
}

} // namespace shard
