// room.cpp: how many partitions one transaction can make.
//
// A new partition's locks are held to the end of the transaction.  Running out
// of the lock table in the middle would cost the work done so far, and every
// other session its locks.
#include "partition/room.hpp"

#include "pg/lock_table.hpp"
#include "pg/partition_table.hpp"
#include "pg/value.hpp"

namespace partition {

int most_partitions_at_once(Oid parent)
{
	const pg::lock_table_need one = pg::lock_table_need_of(parent, 1);
	return static_cast<int>(one.room / one.locks);
}

static const char *way_to_fewer(Oid parent)
{
	if (pg::partition_table(parent).strategy() == pg::partition_strategy::range)
		return "Give a later start_at or a smaller premake; raise premake afterwards, and CALL mosaic.maintain() or the worker makes the rest, "
			   "one partition a transaction.";
	return "Ask for fewer, or raise max_locks_per_transaction and restart the server.";
}

void require_room(Oid parent, std::size_t partitions)
{
	const int most = most_partitions_at_once(parent);
	if (partitions <= static_cast<std::size_t>(most))
		return;
	const pg::lock_table_need one = pg::lock_table_need_of(parent, 1);
	throw pg::failure(ERRCODE_OUT_OF_MEMORY, "cannot make more than " + std::to_string(most) + " partitions of \"" + pg::qualified_name(parent) + "\" in one transaction",
					  "Each takes about " + std::to_string(one.locks) + " locks, and the lock table has room for about " + std::to_string(one.room) +
						  " (max_locks_per_transaction).",
					  way_to_fewer(parent));
}

} // namespace partition
