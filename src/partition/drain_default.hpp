// drain_default.hpp: moving the rows of default partitions where they belong.
#pragma once

#include "partition/set.hpp"
#include "pg/transaction.hpp"

namespace partition {

// In a pass over a set, outside transactions, where the set wants it and it has
// not failed just now: a step a transaction, from the lowest key to the
// highest.  A partition that cannot be made is recorded and passed over.  True
// where rows were moved.
bool drain_where_wanted(pg::transaction_driver &driver, const set_state &state);

} // namespace partition
