// object_lock.hpp: locks that keep our own processes apart and stand in
// nobody else's way.
#pragma once

#include "pg/error.hpp"

namespace pg {

// Until the end of the transaction.  Conflicts with itself only: not with the
// relation's own locks, and so not with VACUUM.
void lock_exclusively(Oid relation);

// A sign that others can see for as long as this session lasts, or until its
// DISCARD ALL.  Sessions may show it at the same time.
void show_for_session(Oid extension);
bool shown_by_a_session(Oid extension);

} // namespace pg
