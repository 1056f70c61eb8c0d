// moved_rows.cpp: rows that have a new home, taken out of their old one.
//
// Not by DELETE: its triggers would tell of a loss that is none, and refuse it
// where foreign keys point to the row.  The server moves rows between
// partitions in this way too, and marks them so that a transaction with an
// older snapshot that wants to change one gets a serialization failure rather
// than no row.
#include "pg/moved_rows.hpp"

#include "pg/resources.hpp"

extern "C" {
#include "executor/executor.h"
}

namespace pg {

namespace {

void delete_row(Relation table, ItemPointer place)
{
	TM_FailureData failed;
	const TM_Result result = table_tuple_delete(table, place, GetCurrentCommandId(true), GetActiveSnapshot(), InvalidSnapshot, true, &failed, true);
	if (result != TM_Ok)
		elog(ERROR, "could not delete a moved row of \"%s\": unexpected result %d", RelationGetRelationName(table), static_cast<int>(result));
}

} // namespace

void delete_moved_rows(const spi &rows)
{
	std::size_t n = 0;
	while (n < rows.size())
	{
		const Oid oid = rows[n].oid(1);
		const relation table(oid, NoLock);
		call([&] { CheckCmdReplicaIdentity(table.get(), CMD_DELETE); });
		for (; n < rows.size() && rows[n].oid(1) == oid; ++n)
		{
			check_for_interrupts();
			const Datum place = rows[n].datum(2);
			call([&] { delete_row(table.get(), reinterpret_cast<ItemPointer>(DatumGetPointer(place))); });
		}
	}
	call(CommandCounterIncrement);
}

} // namespace pg
