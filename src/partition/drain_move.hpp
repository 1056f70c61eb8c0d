// drain_move.hpp: rows from a default partition into one of their own.
#pragma once

#include "partition/drain_target.hpp"

namespace partition {

struct moved {
	int64 rows;
	int lock_tries;
	int64 locked; // for so many microseconds
	bool waited_for; // by others, meanwhile
	std::string command;
};

// In the current transaction, which must see what has been committed until its
// locks came (READ COMMITTED).  55P03 where they did not come.
moved move_rows(const set &level, const chunk &what, TimestampTz reference_time);

} // namespace partition
