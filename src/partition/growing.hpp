// growing.hpp: partitions that rows of a default are being moved into, piece
// by piece.
//
// Between two pieces the set is whole: the partition ends at some key, and
// what lies beyond is still the default's.  Only that it is meant to reach
// further has to be remembered; whoever forgets it, in a dump say, makes
// another partition of the rest.
#pragma once

#include <optional>
#include <string>

#include "partition/set.hpp"

namespace partition {

struct growing {
	Oid partition;
	std::string lower;
	std::string upper; // where it is to end
};

// The one that ends at a bound now.
std::optional<growing> growing_at(const pg::partition_table &table, Datum bound);

void remember_growing(Oid root, const growing &begun);
void forget_growing(Oid partition);

} // namespace partition
