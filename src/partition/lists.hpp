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

// Reads lists; keys by the input function of the key's type, dates and times
// in the set's zone.  Refuses what is no object of arrays of scalars, an empty
// or nameless list, and a key that stands twice (22023), or that the type does
// not take (its own error).
std::vector<list> parse_lists(const std::string &json, const pg::partition_table &table, const pg::time_zone &zone);

// Keys from text; nothing for NULL.
std::vector<list_key> parse_list_keys(const std::vector<std::optional<std::string>> &texts, const pg::partition_table &table, const pg::time_zone &zone);

// The list that holds a key; null for none.
const list *list_with(const list_key &key, const std::vector<list> &lists, const pg::partition_table &table);

bool same_key(const list_key &a, const list_key &b, const pg::partition_table &table);
// 'US', 'CA', NULL: quoted for SQL.
std::string key_literals(const std::vector<list_key> &keys);
// {US,CA,NULL}: for people, and as list_assign() takes them.
std::string key_texts(const std::vector<list_key> &keys);

} // namespace partition
