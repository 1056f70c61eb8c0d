// table_rows.cpp: whether a table has rows, and about how many.
#include "pg/table_rows.hpp"

#include "pg/compat.hpp"
#include "pg/resources.hpp"

namespace pg {

static bool has_rows(Relation table)
{
	return call([=] {
		TupleTableSlot *slot = table_slot_create(table, nullptr);
		TableScanDesc scan = pg::table_beginscan(table, GetActiveSnapshot());
		const bool found = table_scan_getnextslot(scan, ForwardScanDirection, slot);
		table_endscan(scan);
		ExecDropSingleTupleTableSlot(slot);
		return found;
	});
}

int64 estimated_rows(Oid oid)
{
	const relation table(oid, AccessShareLock);
	if (RELKIND_HAS_TABLE_AM(table.form()->relkind) && !has_rows(table.get()))
		return 0;
	const double counted = table.form()->reltuples;
	return counted < 1 ? 1 : static_cast<int64>(counted);
}

} // namespace pg
