// partition_condition.hpp: which rows a partition takes, as a condition.
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

// The condition that a bound (FOR VALUES …) of a table's partition means: what
// the server itself holds rows against, in the column names of the table.
// Text that reads the same in every session.
std::string partition_condition(Oid parent, const std::string &bound);

} // namespace pg
