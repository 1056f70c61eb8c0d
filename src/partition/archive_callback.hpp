// archive_callback.hpp: archives by a function of the user's.
#pragma once

#include "partition/ledger.hpp"

namespace partition {

// Refuses a callback that does not exist (42883) or that the owner of the set
// may not execute (42501).  Returns its quoted name.
std::string require_callback(const set &settings);

// Calls it.  False where it answers that it is not done yet: its answer is
// given to it again with the next call.  Refuses an answer that does not fit
// the rows that the ledger's row has of the table (XX001).
bool archive_by_callback(const set &settings, const step &what, departure &one);

} // namespace partition
