// analyze.cpp: statistics of the parent, which autovacuum does not keep.
//
// ANALYZE locks every table below the parent to the end of its transaction,
// and before PostgreSQL 18 analyses each of them as well, indexes and all.  Of
// thousands of partitions that would take the lock table from every other
// session, so it is left to somebody who has made room for it.
#include "partition/analyze.hpp"

#include "pg/compat.hpp"
#include "pg/identity.hpp"
#include "pg/lock_table.hpp"
#include "pg/naming.hpp"
#include "pg/spi.hpp"

namespace partition {

static bool fits_lock_table(Oid parent)
{
	const pg::lock_table_need need = pg::lock_table_need_of(parent, static_cast<int64>(pg::table_and_below(parent).size()));
	return need.locks <= need.room / 2;
}

void analyze_parent(Oid parent)
{
	if (!fits_lock_table(parent))
		return;
	const pg::acting_as owner(pg::owner_of(parent));
	pg::spi().execute(std::string("ANALYZE (SKIP_LOCKED) ") + (pg::analyze_takes_only ? "ONLY " : "") + pg::qualified_name(parent));
}

} // namespace partition
