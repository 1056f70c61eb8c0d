// free_departures.hpp: partitions on their way out that are to stay.
#pragma once

#include "partition/ledger.hpp"

namespace partition {

// Lets writes in again.  Refuses where a lock does not come (55P03).
void unblock(const departure &one);

// Of a set that is forgotten: they stay as they are, attached or detached.
void free_departures(const set &settings);

} // namespace partition
