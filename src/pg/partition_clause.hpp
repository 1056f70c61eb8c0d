// partition_clause.hpp: PARTITION BY as a user writes it.
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

// Refuses text that is anything but what follows PARTITION BY in CREATE TABLE
// (42601), so that it can stand in a statement.
void require_partition_clause(const std::string &text);
// The clause of a partitioned table, as the server writes it.
std::string partition_clause_of(Oid table);

} // namespace pg
