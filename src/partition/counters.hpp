// counters.hpp: what maintenance has done since the server started.
//
// The log is purged and belongs to one database; a counter that monitoring
// takes rates of must only rise.  So they are kept in shared memory, beside
// the log; without preloading there are none.
#pragma once

#include <string>
#include <vector>

#include "pg/error.hpp"

namespace partition {

// From _PG_init while the library is preloaded.
void request_counters();

// A step of this database that ended: done, deferred or failed.
void count_action(const std::string &action, const std::string &outcome);
// Locks asked for, however it ended.
void count_locks(int tries, int64 microseconds);

struct action_count {
	std::string action;
	std::string outcome;
	int64 steps;
};

struct lock_count {
	int64 tries;
	int64 waited; // us, all together
	int64 longest;
};

// Of this database.
std::vector<action_count> counted_actions();
lock_count counted_locks();

} // namespace partition
