// crash_mark.hpp: remembering across a crash who was at work.
//
// Shared memory begins anew after a crash, so a pass that brings the server
// down would be started again at once, for ever.  Each pass therefore leaves
// a small file while it lasts; one found by a launcher that starts is a pass
// that a crash cut off.  A file and no table: a pass with nothing to do writes
// no WAL, and a crash of the server keeps what the kernel already has, so
// nothing needs to be flushed.
#pragma once

#include "pg/error.hpp"

namespace pg {

// The crashes in a row that cut off a pass over the database; 0: none.
int read_crash_mark(Oid database);
void write_crash_mark(Oid database, int crashes);
void remove_crash_mark(Oid database) noexcept;

} // namespace pg
