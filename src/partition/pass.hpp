// pass.hpp: maintenance of sets.
#pragma once

#include <string>
#include <vector>

#include "partition/apply.hpp"
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

// The same for these sets, backing off or not.
pass_outcome maintain_sets(pg::transaction_driver &driver, const std::vector<Oid> &parents);

// One set in the caller's transaction.  An error is recorded and comes back as
// a row of outcome failed.
struct maintained {
	Oid parent;
	std::string action;
	std::string partition;
	std::string lower;
	std::string upper;
	std::string outcome;
	std::string detail;
};
std::vector<maintained> maintain_in_transaction(const set_state &state, TimestampTz reference_time);

} // namespace partition
