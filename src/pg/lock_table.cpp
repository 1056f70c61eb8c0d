// lock_table.cpp: whether a transaction's locks fit into shared memory.
#include "pg/lock_table.hpp"

#include "pg/resources.hpp"

extern "C" {
#include "access/twophase.h"
#include "access/toast_compression.h"
#include "catalog/toasting.h"
#include "storage/lock.h"
}

namespace pg {

// Other sessions need some of the table as well.
constexpr double usable_share = 0.9;

static bool may_have_toast(TupleDesc columns)
{
	for (int n = 0; n < columns->natts; ++n)
		if (TupleDescAttr(columns, n)->attstorage != TYPSTORAGE_PLAIN)
			return true;
	return false;
}

lock_table_need lock_table_need_of(Oid parent, int64 partitions)
{
	const relation table(parent, AccessShareLock);
	const int64 indexes = call([&] {
		List *list = RelationGetIndexList(table.get());
		const int64 count = list_length(list);
		list_free(list);
		return count;
	});
	const int64 each = 1 + indexes + (may_have_toast(RelationGetDescr(table.get())) ? 2 : 0);
	const double slots = static_cast<double>(max_locks_per_xact) * (MaxBackends + max_prepared_xacts);
	return {partitions * each, static_cast<int64>(slots * usable_share)};
}

} // namespace pg
