// tree.hpp: the tables of a set, level by level.
//
// The set's parent is the only table of level 1; the partitioned ones among
// its partitions are the tables of level 2, and so on.  A table that somebody
// partitioned otherwise than its level says belongs to no level.
#pragma once

#include "partition/set.hpp"

namespace partition {

// Parent of the set that a table belongs to; the table itself where there is
// none.
Oid set_around(Oid table);

// Some table of a level; InvalidOid for none.
Oid first_table_of_level(Oid root, int level, const std::string &strategy);

// All of them.
std::vector<Oid> tables_of_level(const set &whole, int level);

} // namespace partition
