// room.hpp: how many partitions one transaction can make.
#pragma once

#include "pg/error.hpp"

namespace partition {

// What the lock table holds of new partitions; one more than these is a plan
// that is refused, so nobody needs to plan further.
int most_partitions_at_once(Oid parent);

// Refuses, before the first is made, what the lock table cannot hold (53200).
void require_room(Oid parent, std::size_t partitions);

} // namespace partition
