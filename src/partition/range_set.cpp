// range_set.cpp: a RANGE set with its parent open.
#include "partition/range_set.hpp"

#include "pg/largest_key.hpp"

namespace partition {

static const std::string &require_interval(const set &settings)
{
	if (!settings.interval)
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "a RANGE set needs a partition_interval",
						  described(settings) + " is partitioned by RANGE.",
						  "Give an interval such as '1 month', or a number for a numeric key.");
	return *settings.interval;
}

static std::optional<position> start_of(const key &of, const std::optional<std::string> &text, const pg::time_zone &zone)
{
	if (!text)
		return std::nullopt;
	const position start = of.parse(*text, zone);
	if (!of.holds(start))
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "invalid start_at \"" + *text + "\"",
						  "It is the exact first bound, and the key has no such value.", "Round it to a value that the key can hold.");
	return start;
}

range_set::range_set(const set &settings)
	: settings_(settings),
	  table_(settings.parent),
	  zone_(settings.time_zone),
	  key_(table_, parse_key_format(settings.key_format)),
	  start_(start_of(key_, settings.start_at, zone_)),
	  width_(parse_width(key_, require_interval(settings), start_.has_value())),
	  grid_(key_, width_, zone_, start_)
{
	if (settings.retention)
		retention_ = parse_distance(key_, *settings.retention, "retention");
}

std::optional<std::string> range_set::start_text() const
{
	return start_ ? std::optional(key_.text(*start_, zone_)) : std::nullopt;
}

position range_set::now(TimestampTz reference_time) const
{
	switch (key_.on())
	{
	case axis::instant:
		return {reference_time, {}};
	case axis::local:
		return {zone_.to_local(reference_time), {}};
	case axis::number:
		break;
	}
	if (const std::optional<position> largest = largest_number())
		return *largest;
	return start_ ? *start_ : position{0, pg::decimal::from_int8(0)};
}

std::optional<position> range_set::largest_number() const
{
	for (int n = table_.bounded() - 1; n >= 0; --n)
	{
		pg::check_for_interrupts();
		const std::optional<Datum> largest = pg::largest_key(table_.range(n).partition, key_.attribute(), table_.oid());
		if (!largest)
			continue;
		// NaN and Infinity are in no interval, and nothing follows them.
		const position at = key_.decode(*largest, rounding::down);
		if (!is_infinite(at))
			return at;
	}
	return std::nullopt;
}

std::optional<position> range_set::lower(const pg::range_partition &range, rounding round) const
{
	if (range.lower.at != pg::range_bound::kind::value)
		return std::nullopt;
	return key_.decode(range.lower.datum, round);
}

std::optional<position> range_set::upper(const pg::range_partition &range) const
{
	if (range.upper.at != pg::range_bound::kind::value)
		return std::nullopt;
	return key_.decode(range.upper.datum, rounding::up);
}

static std::string bound_literal(const std::string &text)
{
	return text == "MINVALUE" || text == "MAXVALUE" ? text : pg::quoted_literal(text.c_str());
}

std::string range_set::values(const pg::range_bound &lower, const pg::range_bound &upper) const
{
	return "FOR VALUES FROM (" + bound_literal(text(lower)) + ") TO (" + bound_literal(text(upper)) + ")";
}

bool range_set::is_infinite(const position &at) const
{
	return key_.on() == axis::number ? !at.number.finite() : TIMESTAMP_NOT_FINITE(at.time);
}

std::string range_set::name_of(const pg::range_bound &lower, const position &at, const names &planned) const
{
	const std::string suffix = key_.on() == axis::number ? number_suffix(text(lower)) : time_suffix(grid_.name_time(at.time), whole_days(width_));
	return free_name(table_.oid(), settings_.name_pattern, suffix, planned);
}

} // namespace partition
