// moved_rows.hpp: rows that have a new home, taken out of their old one.
#pragma once

#include "pg/spi.hpp"

namespace pg {

// Deletes rows that the same transaction has copied into another partition:
// tableoid and ctid in the first two columns of the result.  No trigger, rule
// or foreign key hears of it, because to those who look at the parent nothing
// has been deleted; logical replication does.  The caller holds ACCESS
// EXCLUSIVE on the tables.
void delete_moved_rows(const spi &rows);

} // namespace pg
