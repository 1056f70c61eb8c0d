// name.cpp: names of new partitions.
#include "partition/name.hpp"

#include "core/name_fit.hpp"
#include "pg/naming.hpp"
#include "pg/value.hpp"

namespace partition {

namespace {

std::string padded(int number, std::size_t digits)
{
	std::string text = std::to_string(number);
	return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

// Eight hexadecimal digits of a hash over schema and full name keep two long
// tables apart.
std::string fitted(Oid parent, const std::string &pattern, const std::string &bound)
{
	return core::fit_name({pattern, pg::relation_name(parent), pg::qualified_name(parent), bound}, {pg::clipped, pg::hash_hex});
}

} // namespace

std::string time_suffix(pg::microseconds at, bool whole_days)
{
	const pg::civil_time t = pg::civil(at);
	const std::string year = t.year > 0 ? padded(t.year, 4) : "bc" + padded(1 - t.year, 4);
	std::string text = year + padded(t.month, 2) + padded(t.day, 2);
	if (!whole_days)
		text += "_" + padded(t.hour, 2) + padded(t.minute, 2) + padded(t.second, 2);
	return text;
}

std::string number_suffix(const std::string &number)
{
	std::string text = number;
	if (text[0] == '-')
		text[0] = 'm';
	for (char &c : text)
		if (c == '.')
			c = '_';
	return text;
}

std::string free_name(Oid parent, const std::string &pattern, const std::string &suffix, const names &planned)
{
	require_name_pattern(pattern); // a catalog that somebody wrote to past its trigger
	const Oid schema = pg::schema_of(parent);
	std::string name = fitted(parent, pattern, suffix);
	for (int n = 1; planned.count(name) != 0 || pg::name_taken(schema, name); ++n)
	{
		pg::check_for_interrupts();
		name = fitted(parent, pattern, suffix + "_" + std::to_string(n));
	}
	return name;
}

std::string default_name(Oid parent, const names &planned)
{
	return free_name(parent, "{parent}_{bound}", "default", planned);
}

void require_name_pattern(const std::string &pattern)
{
	if (core::is_name_pattern(pattern))
		return;
	throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "invalid name_pattern \"" + pattern + "\"",
					  "A pattern holds {bound} once, {parent} at most once, no other braces, and fewer than 32 bytes beside them.",
					  "The usual pattern is '{parent}_p{bound}'.");
}

} // namespace partition
