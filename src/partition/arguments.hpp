// arguments.hpp: the options that create_parent() and create_sub_parent() share.
#pragma once

#include "partition/set.hpp"

namespace partition {

// Options from the first on: partition_interval, premake, retention, start_at,
// lists, modulus, key_format, time_zone, default_partition, reference_time,
// auto_lists.
set settings_of(const pg::arguments &arguments, int first);
// What follows for them from how the table is partitioned.
void set_strategy(set &settings, pg::partition_strategy strategy);
// Refuses NULL and infinity.
TimestampTz reference_time_of(const pg::arguments &arguments, int first);

} // namespace partition
