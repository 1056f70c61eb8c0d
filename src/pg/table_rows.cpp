// table_rows.cpp: whether a table has rows, and about how many.
#include <algorithm>

#include "pg/table_rows.hpp"

#include "pg/compat.hpp"
#include "pg/resources.hpp"

extern "C" {
#include "optimizer/plancat.h"
}

namespace pg {

// Visible rows, but never more than so many.
static int64 counted_rows(Relation table, int64 limit)
{
	return call([=] {
		int64 rows = 0;
		TupleTableSlot *slot = table_slot_create(table, nullptr);
		TableScanDesc scan = pg::table_beginscan(table, GetActiveSnapshot());
		while (rows < limit && table_scan_getnextslot(scan, ForwardScanDirection, slot))
			++rows;
		table_endscan(scan);
		ExecDropSingleTupleTableSlot(slot);
		return rows;
	});
}

// What the planner would say: as many a page as were counted, or as fit, and
// the pages there are now.
static double expected_rows(Relation table)
{
	return call([=] {
		BlockNumber pages;
		double rows;
		double all_visible;
		estimate_rel_size(table, nullptr, &pages, &rows, &all_visible);
		return rows;
	});
}

int64 estimated_rows(Oid oid)
{
	const relation table(oid, AccessShareLock);
	if (!RELKIND_HAS_TABLE_AM(table.form()->relkind))
		return table.form()->reltuples < 1 ? 1 : static_cast<int64>(table.form()->reltuples);
	const int64 counted = counted_rows(table.get(), most_rows_counted + 1);
	return counted <= most_rows_counted ? counted : std::max(counted, static_cast<int64>(expected_rows(table.get())));
}

} // namespace pg
