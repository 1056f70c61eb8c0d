// encoding.cpp: times held in integers, UUIDs and ULIDs.
//
// UUID version 7 (RFC 9562) and ULID begin with a 48-bit count of Unix
// milliseconds; a snowflake is Twitter's: 41 bits of milliseconds since
// 2010-11-04 above 22 bits of machine and sequence.
#include "partition/encoding.hpp"

#include "core/ulid.hpp"
#include "pg/value.hpp"

namespace partition::encoding {

namespace {

constexpr int64 usecs_per_millisecond = 1000;
constexpr int64 snowflake_epoch_ms = 1288834974657;
constexpr int snowflake_shift = 22;
constexpr int64 greatest_snowflake_ms = (int64{1} << 41) - 1;

int64 floor_divide(int64 value, int64 by)
{
	return value / by - (value % by < 0);
}

int64 divide(int64 value, int64 by, rounding round)
{
	return round == rounding::down ? floor_divide(value, by) : -floor_divide(-value, by);
}

int64 integer_of(Oid type, Datum value)
{
	return type == INT4OID ? DatumGetInt32(value) : DatumGetInt64(value);
}

std::optional<Datum> integer_datum(Oid type, __int128 value)
{
	if (value > (type == INT4OID ? static_cast<__int128>(PG_INT32_MAX) : static_cast<__int128>(PG_INT64_MAX)))
		return std::nullopt;
	const __int128 least = type == INT4OID ? static_cast<__int128>(PG_INT32_MIN) : static_cast<__int128>(PG_INT64_MIN);
	const int64 kept = static_cast<int64>(value < least ? least : value);
	return type == INT4OID ? Int32GetDatum(static_cast<int32>(kept)) : Int64GetDatum(kept);
}

// Units of an epoch format in a second.
int64 units_per_second(key_format format)
{
	switch (format)
	{
	case key_format::epoch_s:
		return 1;
	case key_format::epoch_ms:
		return 1000;
	case key_format::epoch_us:
		return 1000000;
	default:
		return 1000000000;
	}
}

// Unix microseconds of a number of units, kept inside int64.
int64 unix_micros(int64 units, int64 per_second, rounding round)
{
	if (per_second > pg::usecs_per_second)
		return divide(units, per_second / pg::usecs_per_second, round);
	const __int128 micros = static_cast<__int128>(units) * (pg::usecs_per_second / per_second);
	if (micros > END_TIMESTAMP)
		return END_TIMESTAMP;
	return micros < MIN_TIMESTAMP ? MIN_TIMESTAMP : static_cast<int64>(micros);
}

std::optional<Datum> epoch_value(Oid type, int64 per_second, int64 micros)
{
	if (per_second > pg::usecs_per_second)
		return integer_datum(type, static_cast<__int128>(micros) * (per_second / pg::usecs_per_second));
	return integer_datum(type, divide(micros, pg::usecs_per_second / per_second, rounding::up));
}

int64 milliseconds_since(pg::microseconds instant, int64 unix_ms, const char *what)
{
	const int64 ms = divide(instant + pg::unix_epoch_offset, usecs_per_millisecond, rounding::up) - unix_ms;
	if (ms < 0)
		throw pg::failure(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, std::string("time is before the first ") + what, {},
						  "Start the set later.");
	return ms;
}

Datum uuid_of(int64 milliseconds)
{
	auto *uuid = static_cast<pg_uuid_t *>(pg::allocate(CurrentMemoryContext, sizeof(pg_uuid_t)));
	memset(uuid, 0, sizeof *uuid);
	for (int n = 0; n < 6; ++n)
		uuid->data[n] = static_cast<unsigned char>(milliseconds >> (8 * (5 - n)));
	return UUIDPGetDatum(uuid);
}

core::ulid::moment time_in_uuid(const pg_uuid_t &uuid)
{
	core::ulid::moment result{0, true};
	for (int n = 0; n < UUID_LEN; ++n)
	{
		if (n < 6)
			result.milliseconds = (result.milliseconds << 8) | uuid.data[n];
		else if (uuid.data[n] != 0)
			result.exact = false;
	}
	return result;
}

core::ulid::moment time_in_ulid(Oid type, Datum value)
{
	const std::string text = pg::output(type, value);
	const std::optional<core::ulid::moment> moment = core::ulid::time_of(text);
	if (!moment)
		throw pg::failure(ERRCODE_INVALID_TEXT_REPRESENTATION, "partition bound is not a ULID", "The bound is \"" + text + "\".");
	return *moment;
}

pg::microseconds instant_of(core::ulid::moment moment, rounding round)
{
	const int64 ms = moment.milliseconds + (!moment.exact && round == rounding::up);
	return ms * usecs_per_millisecond - pg::unix_epoch_offset;
}

} // namespace

pg::microseconds time_of(key_format format, Oid type, Datum value, rounding round)
{
	switch (format)
	{
	case key_format::uuidv7:
		return instant_of(time_in_uuid(*DatumGetUUIDP(value)), round);
	case key_format::ulid:
		return instant_of(time_in_ulid(type, value), round);
	case key_format::snowflake:
		return (divide(integer_of(type, value), int64{1} << snowflake_shift, round) + snowflake_epoch_ms) * usecs_per_millisecond -
			   pg::unix_epoch_offset;
	default:
		return unix_micros(integer_of(type, value), units_per_second(format), round) - pg::unix_epoch_offset;
	}
}

std::optional<Datum> value_of(key_format format, Oid type, pg::microseconds instant)
{
	switch (format)
	{
	case key_format::uuidv7:
	{
		const int64 ms = milliseconds_since(instant, 0, "UUID of version 7, 1970-01-01");
		return ms > core::ulid::greatest_millisecond ? std::nullopt : std::optional(uuid_of(ms));
	}
	case key_format::ulid:
	{
		const int64 ms = milliseconds_since(instant, 0, "ULID, 1970-01-01");
		if (ms > core::ulid::greatest_millisecond)
			return std::nullopt;
		return pg::input(type, core::ulid::time_prefix(ms).c_str());
	}
	case key_format::snowflake:
	{
		const int64 ms = milliseconds_since(instant, snowflake_epoch_ms, "snowflake, 2010-11-04");
		return ms > greatest_snowflake_ms ? std::nullopt : integer_datum(type, static_cast<__int128>(ms) << snowflake_shift);
	}
	default:
		return epoch_value(type, units_per_second(format), instant + pg::unix_epoch_offset);
	}
}

pg::microseconds resolution(key_format format)
{
	switch (format)
	{
	case key_format::epoch_s:
		return pg::usecs_per_second;
	case key_format::epoch_us:
	case key_format::epoch_ns:
		return 1;
	default:
		return usecs_per_millisecond;
	}
}

} // namespace partition::encoding
