// crash_mark.hpp: remembering across a crash who was at work.
//
// Shared memory begins anew after a crash, so a pass that brings the server
// down would be started again at once, for ever.  Each pass therefore leaves
// a small file while it lasts; one found by a launcher that starts is a pass
// that a crash cut off.  A ticker, which stays, leaves one until it has lasted
// a while: who is there all the time is there in every crash, whosever it was.
// A file and no table: a pass with nothing to do writes no WAL, and a crash of
// the server keeps what the kernel already has, so nothing needs to be flushed.
#pragma once

#include "pg/error.hpp"

namespace pg {

// The crashes in a row that cut off such work in the database; 0: none.
// work: part of a file's name.
int read_crash_mark(const char *work, Oid database);
void write_crash_mark(const char *work, Oid database, int crashes);
void remove_crash_mark(const char *work, Oid database) noexcept;

} // namespace pg
