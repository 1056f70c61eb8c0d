// pass.hpp: maintenance of sets, one step a transaction.
#pragma once

#include "pg/transaction.hpp"

namespace partition {

struct pass_outcome {
	int applied = 0;  // steps done
	int deferred = 0; // steps whose locks did not come within the budget
	int failed = 0;	  // sets that ended in an error, recorded and backing off
};

// Plans and applies all that is due in the current database, for one set or
// (InvalidOid) for every set that is not backing off.  Called outside a
// transaction; commits after each step.  An error of one set is recorded and
// does not reach the others; cancellation and shutdown do leave.
pass_outcome maintain(pg::transaction_driver &driver, Oid parent);

} // namespace partition
