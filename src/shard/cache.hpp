// cache.hpp: the maps that this backend holds.
#pragma once

#include "pg/relcache.hpp"
#include "shard/map.hpp"

namespace shard {

// Grows whenever a map that was looked up before may have changed or gone.
extern uint64 map_generation;

// The map of that name as of the last commit, and as changed by this
// transaction.  The reference holds until the next call.
const map &find_map(std::string_view name);

} // namespace shard
