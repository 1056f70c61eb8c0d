// analyze.hpp: statistics of the parent, which autovacuum does not keep.
#pragma once

#include "pg/error.hpp"

namespace partition {

// In the current transaction, with the rights of the parent's owner; what
// somebody else has locked is skipped.  Does nothing where the lock table could
// not spare the locks.
void analyze_parent(Oid parent);

} // namespace partition
