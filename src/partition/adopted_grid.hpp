// adopted_grid.hpp: on which grid do the partitions lie that somebody else made?
//
// Other tools keep neither a zone nor an anchor; both show in the bounds.  The
// grid found is one on which the last partition ends, so that new ones follow
// without a partition of odd width in between.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "partition/set.hpp"
#include "pg/value.hpp"

namespace partition {

struct adopted_grid {
	std::string time_zone;
	std::optional<std::string> start_at; // none: the calendar's grid
	bool whole = false;					 // the partitions from now on all end on it
};

// For the tables of one level; settings are those of the level but for zone
// and start.  Refuses bounds that the key cannot hold (22023).
adopted_grid find_grid(const set &settings, const std::vector<Oid> &tables, TimestampTz now);

// Are the bounds of a table values that the key format would give?  A format
// that merely fits the type is not yet the one in which the bounds were made.
bool bounds_fit(const set &settings, Oid table);

} // namespace partition
