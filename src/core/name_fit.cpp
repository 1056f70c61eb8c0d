// name_fit.cpp: names of partitions that fit into an identifier.
#include "core/name_fit.hpp"

#include "core/pure.hpp"

namespace core {

namespace {

constexpr const char *parent_field = "{parent}";
constexpr const char *bound_field = "{bound}";

// The names of lists are the user's and may be of any length.
constexpr std::size_t most_bytes_of_bound = 32;
constexpr std::size_t most_bytes_of_rest = 31;

std::string replaced(std::string text, const std::string &field, const std::string &by)
{
	const std::size_t at = text.find(field);
	return at == std::string::npos ? text : text.replace(at, field.size(), by);
}

std::string short_bound(const std::string &bound, const name_tools &tools)
{
	if (bound.size() <= most_bytes_of_bound)
		return bound;
	const std::string hash = "_" + tools.hash(bound);
	return tools.clip(bound, most_bytes_of_bound - hash.size()) + hash;
}

// The pattern's fields are replaced in it alone, not in what replaces them.
std::string filled(const name_parts &parts, const std::string &parent, const std::string &bound)
{
	const std::size_t at = parts.pattern.find(bound_field);
	const std::string before = replaced(parts.pattern.substr(0, at), parent_field, parent);
	return before + bound + replaced(parts.pattern.substr(at + std::string(bound_field).size()), parent_field, parent);
}

} // namespace

bool is_name_pattern(const std::string &pattern)
{
	const std::string rest = replaced(replaced(pattern, bound_field, ""), parent_field, "");
	return pattern.find(bound_field) != std::string::npos && rest.find_first_of("{}") == std::string::npos && rest.size() <= most_bytes_of_rest;
}

std::string fit_name(const name_parts &parts, const name_tools &tools)
{
	std::string bound = short_bound(parts.bound, tools);
	std::string whole = filled(parts, parts.parent, bound);
	if (whole.size() <= most_name_bytes)
		return whole;
	const std::string hash = "_" + tools.hash(parts.full_parent);
	std::size_t fixed = filled(parts, "", bound).size() + hash.size();
	if (fixed > most_name_bytes)
	{
		bound = tools.hash(bound);
		whole = filled(parts, parts.parent, bound);
		if (whole.size() <= most_name_bytes)
			return whole;
		fixed = filled(parts, "", bound).size() + hash.size();
	}
	return filled(parts, tools.clip(parts.parent, most_name_bytes - fixed) + hash, bound);
}

} // namespace core
