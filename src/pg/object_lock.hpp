// object_lock.hpp: locks that keep our own processes apart and stand in
// nobody else's way.
#pragma once

#include "pg/error.hpp"

namespace pg {

// Until the end of the transaction.  Conflicts with itself only: not with the
// relation's own locks, and so not with VACUUM.
void lock_exclusively(Oid relation);

} // namespace pg
