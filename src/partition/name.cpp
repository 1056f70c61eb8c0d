// name.cpp: names of new partitions.
#include "partition/name.hpp"

#include "pg/naming.hpp"
#include "pg/value.hpp"

namespace partition {

namespace {

constexpr const char *parent_field = "{parent}";
constexpr const char *bound_field = "{bound}";

std::string padded(int number, std::size_t digits)
{
	std::string text = std::to_string(number);
	return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

std::string replaced(std::string text, const std::string &field, const std::string &by)
{
	const std::size_t at = text.find(field);
	return at == std::string::npos ? text : text.replace(at, field.size(), by);
}

// The names of lists are the user's and may be of any length.
constexpr std::size_t most_bytes_of_bound = 32;

std::string short_bound(const std::string &bound)
{
	if (bound.size() <= most_bytes_of_bound)
		return bound;
	const std::string hash = "_" + pg::hash_hex(bound);
	return pg::clipped(bound, most_bytes_of_bound - hash.size()) + hash;
}

// The base is cut before the bound; eight hexadecimal digits of a hash over
// schema and full name keep two long tables apart.
std::string fitted(Oid parent, const std::string &pattern, const std::string &bound)
{
	const std::string suffix = short_bound(bound);
	const std::string base = pg::relation_name(parent);
	const std::string filled = replaced(pattern, bound_field, suffix);
	const std::string whole = replaced(filled, parent_field, base);
	if (whole.size() < NAMEDATALEN)
		return whole;
	const std::string hash = pg::hash_hex(pg::qualified_name(parent));
	const std::size_t fixed = replaced(filled, parent_field, "").size() + hash.size() + 1;
	if (fixed >= NAMEDATALEN)
		return fitted(parent, pattern, pg::hash_hex(suffix));
	return replaced(filled, parent_field, pg::clipped(base, NAMEDATALEN - 1 - fixed) + "_" + hash);
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
	const std::string rest = replaced(replaced(pattern, bound_field, ""), parent_field, "");
	const bool has_bound = pattern.find(bound_field) != std::string::npos;
	if (has_bound && rest.find_first_of("{}") == std::string::npos && rest.size() < NAMEDATALEN / 2)
		return;
	throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "invalid name_pattern \"" + pattern + "\"",
					  "A pattern holds {bound} once, {parent} at most once, no other braces, and fewer than 32 bytes beside them.",
					  "The usual pattern is '{parent}_p{bound}'.");
}

} // namespace partition
