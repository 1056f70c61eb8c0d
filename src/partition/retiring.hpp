// retiring.hpp: retirement by DETACH CONCURRENTLY, which spans transactions.
//
// What is meant is written down and committed before the statement, so that
// whoever comes after a crash or a cancel knows it: a partition left pending
// is finalized, a detached one gets the rest of its action.  The row goes with
// the last step.
#pragma once

#include "partition/apply.hpp"
#include "pg/transaction.hpp"

namespace partition {

// Can this step be done without an ACCESS EXCLUSIVE lock on the parent?  Not
// with a default partition, which the server refuses, nor with foreign keys,
// whose other tables would be locked.
bool can_detach_concurrently(const set &settings, const step &what);

// Detaches at top level, outside any transaction.  Returns the error that
// ended it, or null; deferred where long transactions hold the parent.
struct detach_outcome {
	bool deferred = false;
	ErrorData *error = nullptr;
};
detach_outcome detach_concurrently(pg::transaction_driver &driver, const set &settings, const step &what);

void remember_retiring(const set &settings, const step &what);
void forget_retiring(Oid partition);

} // namespace partition
