// snapshot_text.hpp: snapshots as the SQL type pg_snapshot shows them.
#pragma once

#include <string>

#include "pg/value.hpp"

namespace pg {

// What the active snapshot sees.
std::string current_snapshot_text();
value snapshot_value(const std::string &text);

// Of the current transaction; 0 where it has none yet.
uint64 own_transaction();
// The same, given one where it has none.
uint64 own_transaction_for_writing();

} // namespace pg
