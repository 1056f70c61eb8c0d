// largest_key.hpp: how far a table's key has come.
#pragma once

#include <optional>

#include "pg/error.hpp"

namespace pg {

// The largest value of a column in one partition, from the last entry of a
// btree that leads with the column; by a query where there is no such index,
// the partition has partitions itself, or the key is an expression (column 0).
// Nothing where the partition has no rows; one without storage is not locked
// beyond the look at it.  Copied into the current memory
// context.
std::optional<Datum> largest_key(Oid partition, AttrNumber parent_column, Oid parent);
// Is there such an index, so that looking is cheap?
bool has_leading_index(Oid partition, AttrNumber parent_column, Oid parent);

} // namespace pg
