// validate.hpp: what a set may be, for create_parent() and for UPDATE alike.
#pragma once

#include "partition/set.hpp"
#include "pg/value.hpp"

namespace partition {

// Refuses what is not a partitioned table (42809).
void require_partitioned(Oid parent);

// Refuses a table that cannot be managed: not partitioned (42809), a view, a
// temporary table or a key of several columns (0A000).
void require_manageable(Oid parent);

// The argument that is the clock of a call.  Refuses NULL (22004) and infinity
// (22008).
TimestampTz require_reference_time(const pg::arguments &arguments, int n);

// Refuses to change anything on a standby (25006).
void require_primary(const char *function);

// Refuses settings that do not fit the parent or one another.
void validate(const set &settings);

// A change of where partitions are archived to must lead somewhere: to a
// directory (55000, 58P01, 42501) or a callback (42883, 42501).  Asked of
// changes only: a dump is restored before either may be there.
void require_archive_target(const set &settings, const set &before);

} // namespace partition
