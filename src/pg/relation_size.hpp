// relation_size.hpp: what a table takes on disk.
#pragma once

#include "pg/error.hpp"

namespace pg {

// Bytes of a table and of all partitions below it, with indexes and TOAST.
int64 relation_size(Oid table);

} // namespace pg
