// missing_row.hpp: what a row that found no partition sets going.
#pragma once

#include "partition/pass.hpp"
#include "pg/missing_partition.hpp"

namespace partition {

// In the session whose row it was.  Where the set's policy makes a partition
// for it by itself, notes that it is wanted, for a pass that is served at
// once.  Any other row is counted.  True: a retry will find the partition.
bool heed_missing_row(const pg::missing_row &row, bool served);

// In a pass of the worker: makes what is wanted in this database.
void make_wanted(pg::transaction_driver &driver, pass_outcome &outcome);

} // namespace partition
