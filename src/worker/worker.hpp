// worker.hpp: the area's part in _PG_init.
#pragma once

namespace worker {

// Registers what only a preloaded library can have: shared memory, the
// launcher and the calls that wake it.  Loaded late or by pg_upgrade, nothing.
void start();

} // namespace worker
