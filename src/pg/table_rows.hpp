// table_rows.hpp: whether a table has rows, and about how many.
#pragma once

#include "pg/error.hpp"

namespace pg {

// Up to this number rows are counted, which takes no time worth mentioning.
constexpr int64 most_rows_counted = 1000;

// Beyond it the planner's estimate.
int64 estimated_rows(Oid table);

} // namespace pg
