// lists.hpp: the lists of a LIST set, {"na": ["US", "CA"], "none": [null]}.
#pragma once

#include <string>
#include <vector>

#include "partition/set.hpp"

namespace partition {

struct list_key {
	bool null = false;
	Datum datum = 0;
	std::string text; // as the type's output function writes it
};

struct list {
	std::string name;
	std::vector<list_key> keys;
};

extern const char *const lists_example; // a HINT

// Reads lists; keys by the input function of the key's type.  Refuses what is
// no object of arrays of scalars, an empty or nameless list, and a key that
// stands twice (22023), or that the type does not take (its own error).
std::vector<list> parse_lists(const std::string &json, const pg::partition_table &table);

// One key, from text; nothing for NULL.
list_key parse_list_key(const std::optional<std::string> &text, const pg::partition_table &table);

bool same_key(const list_key &a, const list_key &b, const pg::partition_table &table);
// 'US', 'CA', NULL: quoted for SQL.
std::string key_literals(const std::vector<list_key> &keys);
// {US,CA,NULL}: for people.
std::string key_texts(const std::vector<list_key> &keys);

} // namespace partition
