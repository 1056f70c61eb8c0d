// cluster.hpp: which cluster this is, and how long it has been up.
#pragma once

#include "pg/error.hpp"

namespace pg {

// Of the control file: copied by a base backup, made anew by initdb.
int64 system_identifier();

// When the postmaster started, by the wall clock of that moment; the same
// value in all its processes.
TimestampTz server_started();

// Microseconds on a clock that nobody can set: since the machine started,
// suspension included where the system counts it.
int64 steady_clock();

} // namespace pg
