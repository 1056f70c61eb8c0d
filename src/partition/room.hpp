// room.hpp: how many partitions one transaction can make.
#pragma once

#include "partition/plan.hpp"

namespace partition {

// What the lock table holds of new partitions; one more than these is a plan
// that is refused, so nobody needs to plan further.
int most_partitions_at_once(Oid parent);

// Refuses, before the first is made, a plan that is too long (53200).
void require_room(Oid parent, const plan &creation);

} // namespace partition
