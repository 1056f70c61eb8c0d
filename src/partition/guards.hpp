// guards.hpp: what stops retention, and never creation, until somebody has
// looked and called mosaic.confirm_retention().
#pragma once

#include "partition/plan.hpp"

namespace partition {

// Is this the cluster, and about the time, that the retention of the set was
// last known to be right in?  reference_time: the clock that the pass goes by;
// one that a user gave explicitly is no clock that could have jumped.
guard guard_of(const set_state &state, TimestampTz reference_time);

// What is to be done for a set at this time, with its guard.
request request_for(const set_state &state, TimestampTz reference_time);

// Why the guard stops it, and in which words issues say so.
const char *guard_code(guard why);
std::string guard_reason(const set_state &state, guard why, TimestampTz reference_time);

// Cluster and clock are right now.
void note_guard(Oid parent);
// Is the note so old that it should be made again, though nothing else changed?
bool note_is_old(const set_state &state);

} // namespace partition
