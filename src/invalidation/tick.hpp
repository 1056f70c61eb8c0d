// tick.hpp: the sequence in which changes are told.
#pragma once

#include <optional>

#include "core/position_token.hpp"
#include "invalidation/deliver.hpp"
#include "invalidation/outbox.hpp"

namespace invalidation {

struct tick_row {
	int64 position = 0;
	core::snapshot seen{1, 1, {}};
	uint32 timeline = 0;
	uint64 lsn = 0;
	// For each channel the position at which it last had something.
	std::vector<std::string> channels;
	std::vector<int64> positions;
};

// A tick together with what happened since the one before.
struct tick {
	tick_row row;
	coalesced changes;
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

// Ticks of other, hence committed, transactions.
std::optional<tick_row> last_committed_tick();
std::optional<tick_row> committed_tick(int64 position);
std::vector<tick_row> committed_ticks_after(int64 position, int64 most);

// What the active snapshot sees, its own transaction left out.
core::snapshot current_snapshot();

// Should a ticker run for this database?  Cheap.
bool needs_ticker();

} // namespace invalidation
