// latch.hpp: waiting so that cancel, shutdown and barriers are served.
#pragma once

#include "pg/error.hpp"

namespace pg {

// Waits for the process latch or the time to pass, then serves interrupts.
// True where the latch was set.
bool wait_latch(long milliseconds);

// Waits for the time to pass, whatever else sets the latch meanwhile.
void pause(long milliseconds);

// The same without listening: who sets the latch meanwhile pays nothing, and
// the next wait_latch returns at once.
void nap(long milliseconds);

} // namespace pg
