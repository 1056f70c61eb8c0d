// validate.hpp: what a set may be, for create_parent() and for UPDATE alike.
#pragma once

#include "partition/set.hpp"

namespace partition {

// Refuses what is not a partitioned table (42809).
void require_partitioned(Oid parent);

// Refuses a table that cannot be managed: not partitioned (42809), a view, a
// temporary table or a key of several columns (0A000).
void require_manageable(Oid parent);

// Refuses settings that do not fit the parent or one another.
void validate(const set &settings);

} // namespace partition
