// default_partition.hpp: what lies in a default partition, and in whose way.
//
// A partition cannot be attached while the default has a row that belongs
// into it.  Such a step is blocked: it is passed over, so that the others are
// made, shows in mosaic.issues, and is made by draining the default.
#pragma once

#include <string>

#include "partition/plan.hpp"

namespace partition {

Oid default_partition_of(Oid parent); // InvalidOid for none

// Has an index of the default the answer to where keys are?
bool key_is_indexed(Oid parent, Oid default_partition);

// Is there a row with the condition in the default, as the newest snapshot
// sees it?
bool default_holds(Oid parent, Oid default_partition, const std::string &condition);
// How many, but never more than counted.
int64 rows_in_default(Oid parent, Oid default_partition, const std::string &condition, int64 counted);

// Do rows of the default keep this partition from being made?
bool is_blocked(const step &what);
// Takes them out of a plan; yields what was taken out.
plan take_blocked(plan &steps);

// The remedy, for a HINT or a DETAIL.
std::string drain_command(Oid root);
pg::failure blocked_by_default(const step &what, Oid default_partition);

} // namespace partition
