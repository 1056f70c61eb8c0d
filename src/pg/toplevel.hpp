// toplevel.hpp: statements that refuse to run inside anything.
//
// DETACH PARTITION CONCURRENTLY commits in the middle, so the server lets it
// run neither in a transaction block nor from a function.  A background worker
// has no client whose message it could be, but it can do what the server does
// with such a message: build a portal and run it as the top level.
#pragma once

#include "pg/error.hpp"

namespace pg {

// Runs one utility statement outside any transaction, with the role's rights
// and without lock_timeout or statement_timeout: a detach that is cut off
// leaves the partition pending, its rows invisible.  Only for background
// workers, whose own limits are local to their transactions.
//
// The role is the user id alone: the server asserts that no restricted
// security context outlives a transaction, and this statement spans several.
// So nothing may be run here that calls a table owner's functions.
//
// An error arrives with the transaction already rolled back.
void run_at_top_level(const std::string &sql, Oid role);

// The same; returns the error that ended it, if any.  Cancellation and
// shutdown keep flying.
[[nodiscard]] ErrorData *attempt_at_top_level(const std::string &sql, Oid role);

} // namespace pg
