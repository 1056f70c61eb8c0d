// settings.hpp: the settings of partition maintenance.
#pragma once

#include "pg/locking.hpp"

namespace partition::settings {

extern int lock_timeout; // ms
extern int lock_pause;	 // ms
extern int lock_budget;	 // ms
inline pg::lock_policy lock_policy() { return {lock_timeout, lock_pause, lock_budget}; }
extern int max_drops;	 // a pass and set
extern int max_clock_jump; // s
extern char *archive_directory; // empty: none
extern int max_auto_lists; // partitions of a table, of which auto_lists makes more
extern int log_days;	 // age of the oldest row of mosaic.partition_log

} // namespace partition::settings

namespace partition {

void define_settings();

} // namespace partition
