// show_plan.hpp: mosaic.plan(), the plan as rows.
#pragma once

#include "partition/set.hpp"
#include "pg/rowset.hpp"

namespace partition {

void show_plan(pg::rowset &rows, const set_state &state, TimestampTz reference_time);

} // namespace partition
