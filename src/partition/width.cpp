// width.cpp: the width of a partition, as a user writes it.
#include "partition/width.hpp"

#include <array>
#include <string_view>

#include "pg/value.hpp"

namespace partition {

namespace {

struct word {
	std::string_view name;
	const char *interval;
};

constexpr std::array<word, 8> words{{
	{"hourly", "1 hour"},
	{"daily", "1 day"},
	{"weekly", "7 days"},
	{"monthly", "1 month"},
	{"quarterly", "3 months"},
	{"half-yearly", "6 months"},
	{"yearly", "1 year"},
	{"annually", "1 year"},
}};

[[noreturn]] void refuse(const char *what, const std::string &text, const char *reason, const char *hint)
{
	throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, std::string("invalid ") + what + " \"" + text + "\"", reason, hint);
}

constexpr const char *interval_hint = "Give an interval such as '1 month', '7 days', '15 minutes' or 'daily'.";
constexpr const char *number_hint = "Give a number such as '1000000'.";

bool is_bare_number(const std::string &text)
{
	return text.find_first_of("0123456789") != std::string::npos && text.find_first_not_of("+-.0123456789 \t") == std::string::npos;
}

const char *interval_of(const std::string &text)
{
	for (const word &entry : words)
		if (text == entry.name)
			return entry.interval;
	return text.c_str();
}

pg::span parse_time(const std::string &text, const char *what)
{
	if (is_bare_number(text))
		refuse(what, text, "A bare number has no unit, and the key is a time.", interval_hint);
	const pg::span span = pg::parse_span(interval_of(text));
	if (span.months < 0 || span.days < 0 || span.micros < 0 || (span.months == 0 && span.days == 0 && span.micros == 0))
		refuse(what, text, "It must be greater than zero, in each of its parts.", interval_hint);
	return span;
}

pg::decimal parse_number(const key &of, const std::string &text, const char *what)
{
	if (!is_bare_number(text))
		refuse(what, text, "The key is a number, so its distances are numbers too.", number_hint);
	const pg::decimal number = pg::decimal::parse(text);
	if (pg::compare(number, pg::decimal::from_int8(0)) <= 0)
		refuse(what, text, "It must be greater than zero.", number_hint);
	if (!number.finite())
		refuse(what, text, "It must be finite.", number_hint);
	if (const std::optional<pg::decimal> grain = of.grain(); grain && !number.multiple_of(*grain))
		refuse(what, text, "It is finer than the values of the key.", number_hint);
	return number;
}

void require_one_unit(const pg::span &span, const std::string &text, const char *what, bool anchored)
{
	const int units = (span.months != 0) + (span.days != 0) + (span.micros != 0);
	if (units > 1 && !anchored)
		refuse(what, text, "Months, days and hours together have no place in the calendar to count from.",
			   "Use one unit, or give start_at, from which boundaries are counted.");
}

// Partitions narrower than a second could not be named or kept up with.
void require_grain(const key &of, const pg::span &span, const std::string &text, const char *what)
{
	if (span.micros % of.resolution() != 0)
		refuse(what, text, "It is finer than the values of the key.", interval_hint);
	if (span.micros % pg::usecs_per_second != 0)
		refuse(what, text, "It must be a whole number of seconds.", interval_hint);
}

} // namespace

width parse_width(const key &of, const std::string &text, bool anchored)
{
	constexpr const char *what = "partition_interval";
	if (of.on() == axis::number)
		return {{}, parse_number(of, text, what)};
	const pg::span span = parse_time(text, what);
	require_one_unit(span, text, what, anchored);
	require_grain(of, span, text, what);
	return {span, {}};
}

width parse_distance(const key &of, const std::string &text, const char *what)
{
	if (of.on() == axis::number)
		return {{}, parse_number(of, text, what)};
	return {parse_time(text, what), {}};
}

bool whole_days(const width &of)
{
	return of.time.micros % pg::usecs_per_day == 0;
}

} // namespace partition
