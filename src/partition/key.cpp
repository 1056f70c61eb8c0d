// key.cpp: what a partition key means.
#include "partition/key.hpp"

#include <array>

#include "partition/encoding.hpp"
#include "pg/value.hpp"

namespace partition {

namespace {

struct format_name {
	key_format format;
	const char *name;
};

constexpr std::array<format_name, 8> format_names{{
	{key_format::native, "native"},
	{key_format::epoch_s, "epoch_s"},
	{key_format::epoch_ms, "epoch_ms"},
	{key_format::epoch_us, "epoch_us"},
	{key_format::epoch_ns, "epoch_ns"},
	{key_format::uuidv7, "uuidv7"},
	{key_format::ulid, "ulid"},
	{key_format::snowflake, "snowflake"},
}};

[[noreturn]] void refuse_type(Oid type, key_format format)
{
	std::string name;
	for (const format_name &entry : format_names)
		if (entry.format == format)
			name = entry.name;
	if (format != key_format::native)
		throw pg::failure(ERRCODE_DATATYPE_MISMATCH, "key_format \"" + name + "\" does not fit a key of type " + pg::format_type(type),
						  "epoch_s is for integer and bigint, the other epochs and snowflake are for bigint, uuidv7 is for uuid, ulid is for text with "
						  "collation \"C\".");
	if (type == UUIDOID)
		throw pg::failure(ERRCODE_DATATYPE_MISMATCH, "a RANGE key of type uuid needs a key_format",
						  "Only UUIDs of version 7 are ordered by time.", "Pass key_format => 'uuidv7' if the column holds those.");
	if (type == TEXTOID || type == VARCHAROID || type == BPCHAROID)
		throw pg::failure(ERRCODE_DATATYPE_MISMATCH, "a RANGE key of type " + pg::format_type(type) + " needs a key_format",
						  "Only ULIDs with collation \"C\" are ordered by time.", "Pass key_format => 'ulid' if the column holds those.");
	throw pg::failure(ERRCODE_DATATYPE_MISMATCH, "cannot manage a RANGE key of type " + pg::format_type(type),
					  "The key must be a date, timestamp, timestamptz, smallint, integer, bigint or numeric, or a time in a key_format.");
}

axis native_axis(Oid type)
{
	switch (type)
	{
	case TIMESTAMPTZOID:
		return axis::instant;
	case DATEOID:
	case TIMESTAMPOID:
		return axis::local;
	case INT2OID:
	case INT4OID:
	case INT8OID:
	case NUMERICOID:
		return axis::number;
	default:
		refuse_type(type, key_format::native);
	}
}

bool is_integer(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID;
}

void require_format(Oid type, Oid collation, key_format format)
{
	switch (format)
	{
	case key_format::uuidv7:
		if (type != UUIDOID)
			refuse_type(type, format);
		break;
	case key_format::ulid:
		if (type != TEXTOID && type != VARCHAROID && type != BPCHAROID)
			refuse_type(type, format);
		if (!pg::collation_is_c(collation))
			throw pg::failure(ERRCODE_COLLATION_MISMATCH, "a ULID key needs collation \"C\"",
							  "In another collation ULIDs do not sort by time.",
							  "Declare the key as: PARTITION BY RANGE (column COLLATE \"C\")");
		break;
	case key_format::epoch_s:
		if (type != INT4OID && type != INT8OID)
			refuse_type(type, format);
		break;
	default:
		// In an integer of 32 bits these ended in January 1970.
		if (type != INT8OID)
			refuse_type(type, format);
	}
}

} // namespace

key_format parse_key_format(const std::string &name)
{
	for (const format_name &entry : format_names)
		if (name == entry.name)
			return entry.format;
	throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "unrecognized key_format \"" + name + "\"", {},
					  "Valid values are native, epoch_s, epoch_ms, epoch_us, epoch_ns, uuidv7, ulid and snowflake.");
}

key::key(const pg::partition_table &table, key_format format) : format_(format)
{
	const pg::partition_key server = table.key();
	type_ = server.type;
	typmod_ = server.typmod;
	attribute_ = server.attribute;
	if (format == key_format::native)
		axis_ = native_axis(type_);
	else
	{
		require_format(type_, server.collation, format);
		axis_ = axis::instant;
	}
}

int key::compare(const position &a, const position &b) const
{
	if (axis_ == axis::number)
		return pg::compare(a.number, b.number);
	return a.time < b.time ? -1 : a.time > b.time;
}

position key::decode(Datum bound, rounding round) const
{
	switch (axis_)
	{
	case axis::number:
		return {0, pg::number_of(type_, bound)};
	case axis::local:
		return {type_ == DATEOID ? pg::local_of_date(DatumGetDateADT(bound)) : DatumGetTimestamp(bound), {}};
	case axis::instant:
		break;
	}
	if (format_ == key_format::native)
		return {DatumGetTimestampTz(bound), {}};
	return {encoding::time_of(format_, type_, bound, round), {}};
}

static constexpr pg::range_bound beyond{pg::range_bound::kind::maxvalue, 0};

pg::range_bound key::encode(const position &at) const
{
	if (axis_ == axis::number)
		return encode_number(at.number);
	if (format_ != key_format::native)
	{
		const std::optional<Datum> value = encoding::value_of(format_, type_, at.time);
		return value ? pg::range_bound{pg::range_bound::kind::value, *value} : beyond;
	}
	return {pg::range_bound::kind::value, type_ == DATEOID ? DateADTGetDatum(pg::date_of_local(at.time)) : TimestampGetDatum(at.time)};
}

pg::range_bound key::encode_number(pg::decimal number) const
{
	if (const std::optional<number_range> ends = numbers())
	{
		if (pg::compare(number, ends->greatest) > 0)
			return beyond;
		if (pg::compare(number, ends->least) < 0)
			number = ends->least;
	}
	return {pg::range_bound::kind::value, number_datum(number)};
}

std::optional<key::number_range> key::numbers() const
{
	const auto from_to = [](int64 least, int64 greatest) {
		return number_range{pg::decimal::from_int8(least), pg::decimal::from_int8(greatest)};
	};
	switch (type_)
	{
	case INT2OID:
		return from_to(PG_INT16_MIN, PG_INT16_MAX);
	case INT4OID:
		return from_to(PG_INT32_MIN, PG_INT32_MAX);
	case INT8OID:
		return from_to(PG_INT64_MIN, PG_INT64_MAX);
	default:
		break;
	}
	const std::optional<pg::numeric_limit> limit = pg::limit_of(typmod_);
	if (!limit)
		return std::nullopt;
	const pg::decimal greatest = pg::power_of_ten(limit->precision - limit->scale) - pg::power_of_ten(-limit->scale);
	return number_range{pg::decimal::from_int8(0) - greatest, greatest};
}

Datum key::number_datum(pg::decimal value) const
{
	switch (type_)
	{
	case INT2OID:
		return Int16GetDatum(static_cast<int16>(value.to_int8()));
	case INT4OID:
		return Int32GetDatum(static_cast<int32>(value.to_int8()));
	case INT8OID:
		return Int64GetDatum(value.to_int8());
	default:
		return value.datum();
	}
}

pg::microseconds key::resolution() const
{
	if (type_ == DATEOID)
		return pg::usecs_per_day;
	return format_ == key_format::native ? pg::timestamp_resolution(typmod_) : encoding::resolution(format_);
}

std::optional<pg::decimal> key::grain() const
{
	if (is_integer(type_))
		return pg::decimal::from_int8(1);
	const std::optional<pg::numeric_limit> limit = pg::limit_of(typmod_);
	return limit ? std::optional(pg::power_of_ten(-limit->scale)) : std::nullopt;
}

bool key::holds(const position &at) const
{
	if (axis_ == axis::number)
	{
		const std::optional<pg::decimal> step = grain();
		if (!at.number.finite() || (step && !at.number.multiple_of(*step)))
			return false;
	}
	else if (at.time % resolution() != 0)
		return false;
	const pg::range_bound value = encode(at);
	return value.at == pg::range_bound::kind::value && compare(decode(value.datum, rounding::down), at) == 0;
}

std::string key::text(const pg::range_bound &bound, const pg::time_zone &zone) const
{
	return bound_text(type_, bound, zone);
}

std::string bound_text(Oid type, const pg::range_bound &bound, const pg::time_zone &zone)
{
	if (bound.at == pg::range_bound::kind::minvalue)
		return "MINVALUE";
	if (bound.at == pg::range_bound::kind::maxvalue)
		return "MAXVALUE";
	switch (type)
	{
	case DATEOID:
		return pg::iso_date(DatumGetDateADT(bound.datum));
	case TIMESTAMPOID:
		return pg::iso_timestamp(DatumGetTimestamp(bound.datum));
	case TIMESTAMPTZOID:
		return pg::iso_timestamptz(DatumGetTimestampTz(bound.datum), zone);
	default:
		return pg::output(type, bound.datum);
	}
}

std::string key::text(const position &at, const pg::time_zone &zone) const
{
	switch (axis_)
	{
	case axis::number:
		return at.number.text();
	case axis::local:
		return pg::iso_timestamp(at.time);
	case axis::instant:
		break;
	}
	return pg::iso_timestamptz(at.time, zone);
}

position key::parse(const std::string &text, const pg::time_zone &zone) const
{
	switch (axis_)
	{
	case axis::number:
		return {0, pg::decimal::parse(text)};
	case axis::local:
		return {pg::parse_timestamp(text), {}};
	case axis::instant:
		break;
	}
	return {pg::parse_timestamptz(text, zone), {}};
}

} // namespace partition
