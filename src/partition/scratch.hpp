// scratch.hpp: a table like those of a level, where there may be none yet.
#pragma once

#include "partition/set.hpp"

namespace partition {

// A table like the partitions of the level above, partitioned by the clause:
// so the server itself refuses what it would refuse later.  With the rights of
// the owner of what it is like, which the caller takes on.
Oid make_scratch_table(Oid like, const std::string &partition_by);
void drop_scratch_table(Oid scratch);

// A table of the level above a level; the set's parent where there is none.
Oid table_above(const set &whole, int level);

} // namespace partition
