// list_assign.hpp: more keys for a list.
#pragma once

#include <string>
#include <vector>

#include "partition/set.hpp"
#include "pg/value.hpp"

namespace partition {

struct assigned {
	Oid partition;
	std::string keys;
};

// Gives keys, a text[], to a list of the level that the table belongs to, and
// makes the partitions that take them.
std::vector<assigned> assign_to_list(Oid table, const std::string &name, const pg::value &keys);

// auto_lists: a list with one key, named after it, where the key still has
// none; its partition is made by the next plan.
void give_list_of_its_own(const set &whole, Oid table, const std::optional<std::string> &key);

} // namespace partition
