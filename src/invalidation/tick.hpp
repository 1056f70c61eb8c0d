// tick.hpp: the sequence in which changes are told.
#pragma once

#include <optional>

#include "invalidation/deliver.hpp"
#include "invalidation/tick_table.hpp"

namespace invalidation {

// A tick together with what happened since the one before.
struct tick {
	tick_row row;
	coalesced changes;
	std::size_t transactions = 0;
	std::vector<std::pair<std::string, int64>> previous; // by channel; 0: none known
};

// Makes the next tick if there is anything to tell; commits with the caller's
// transaction.  Ticks wait for each other.
std::optional<tick> make_tick();
// The last tick once more, for a ticker that may have died before telling it.
std::optional<tick> last_tick_again();
// Queues its notifications.
void deliver(const tick &t);
// Forgets what is older than the retention and nobody has asked to keep.
void purge();

// Should a ticker run for this database?  Cheap.
bool needs_ticker();

} // namespace invalidation
