// table_rows.cpp: whether a table has rows, and about how many.
#include "pg/table_rows.hpp"

#include "pg/resources.hpp"

extern "C" {
#include "optimizer/plancat.h"
}

namespace pg {

static bool has_rows(Relation table)
{
	return call([=] {
		TupleTableSlot *slot = table_slot_create(table, nullptr);
		TableScanDesc scan = table_beginscan(table, GetActiveSnapshot(), 0, nullptr);
		const bool found = table_scan_getnextslot(scan, ForwardScanDirection, slot);
		table_endscan(scan);
		ExecDropSingleTupleTableSlot(slot);
		return found;
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
	if (!has_rows(table.get()))
		return 0;
	const double rows = expected_rows(table.get());
	return rows < 1 ? 1 : static_cast<int64>(rows);
}

} // namespace pg
