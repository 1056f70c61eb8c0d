// drain_target.hpp: which rows of a default partition go where, next.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "partition/plan.hpp"

namespace partition {

// Rows that are moved in one step.
struct chunk {
	step what;				  // the partition that takes them, with the bounds it has then
	std::string condition;	  // which rows
	std::string upper;		  // where its range is to end; before that while rows remain
	Oid growing = InvalidOid; // it is there already, up to the first of these rows
	bool last = true;		  // of this partition
};

// Goes through a default from its lowest key to its highest, or through the
// lists of a set, and remembers what it had to leave.
struct drain_course {
	int batch;				   // more rows are never moved in one step
	int pace;				   // no more, where they can be divided
	std::string from;		   // RANGE: keys below are done with; empty: none is
	std::set<std::string> done; // LIST: partitions done with
	std::set<std::string> left; // why rows stay, for people
};

// The next rows to be moved; nothing where the rest stays.  Refuses a table
// whose default cannot be drained.
std::optional<chunk> next_chunk(const set &level, drain_course &course, TimestampTz reference_time);

// After a chunk: goes on behind it, where no dead rows are in the way, at a pace
// that follows from how long it has kept everybody waiting.
void advance(drain_course &course, const chunk &what, int64 rows, int64 locked);

// Leaves what this chunk begins, for a reason.
void pass_over(const chunk &what, drain_course &course, const std::string &why);

} // namespace partition
