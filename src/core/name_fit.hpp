// name_fit.hpp: names of partitions that fit into an identifier.
//
// A name that is too long gives up part of its base, at the end of a character,
// and gets eight hexadecimal digits of a hash, which keep long names apart.
#pragma once

#include <string>

namespace core {

// How the server's encoding is cut, and what hashes.
struct name_tools {
	std::string (*clip)(const std::string &text, std::size_t bytes);
	std::string (*hash)(const std::string &text); // eight hexadecimal digits
};

struct name_parts {
	std::string pattern; // {bound} once, {parent} at most once; see is_name_pattern()
	std::string parent;
	std::string full_parent; // with its schema; what is hashed
	std::string bound;
};

inline constexpr std::size_t most_name_bytes = 63;

// Can any bound and any parent be fitted into it?
bool is_name_pattern(const std::string &pattern);

// Of at most most_name_bytes; the pattern must be one.
std::string fit_name(const name_parts &parts, const name_tools &tools);

} // namespace core
