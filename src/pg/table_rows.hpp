// table_rows.hpp: whether a table has rows, and about how many.
#pragma once

#include "pg/error.hpp"

namespace pg {

// The planner's estimate, at least 1 where there is a row; 0 only where there
// is none.
int64 estimated_rows(Oid table);

} // namespace pg
