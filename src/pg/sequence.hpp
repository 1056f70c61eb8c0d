// sequence.hpp: a sequence as a clock that all sessions share.
#pragma once

#include "pg/error.hpp"

namespace pg {

// The next value of a sequence that follows a clock: greater than every value
// given before, by any session, and at least `now` as of a moment during the
// call.  The caller needs USAGE and UPDATE on the sequence.
int64 next_tick(Oid sequence, int64 (*now)());

} // namespace pg
