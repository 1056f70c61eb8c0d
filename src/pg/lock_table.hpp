// lock_table.hpp: whether a transaction's locks fit into shared memory.
#pragma once

#include "pg/error.hpp"

namespace pg {

struct lock_table_need {
	int64 locks; // that the new partitions take
	int64 room;	 // what a transaction may count on
};

// Of making so many partitions of a table in one transaction: each locks
// itself, its indexes, and its TOAST table with its index.
lock_table_need lock_table_need_of(Oid parent, int64 partitions);

} // namespace pg
