// largest_key.cpp: how far a table's key has come.
#include "pg/largest_key.hpp"

#include "pg/compat.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"
#include "pg/resources.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "access/relscan.h"
#include "catalog/pg_am.h"
#include "catalog/pg_index.h"
#include "storage/bufmgr.h"
#include "utils/datum.h"
}

namespace pg {

namespace {

// A valid, complete btree that leads with the column; InvalidOid for none.
Oid leading_index(Relation table, AttrNumber column)
{
	Oid found = InvalidOid;
	List *indexes = RelationGetIndexList(table);
	ListCell *cell;
	foreach (cell, indexes)
	{
		Relation index = index_open(lfirst_oid(cell), AccessShareLock);
		if (index->rd_rel->relam == BTREE_AM_OID && index->rd_index->indisvalid && index->rd_index->indkey.values[0] == column &&
			heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, nullptr) && (index->rd_indoption[0] & INDOPTION_DESC) == 0)
			found = RelationGetRelid(index);
		index_close(index, AccessShareLock);
		if (OidIsValid(found))
			break;
	}
	list_free(indexes);
	return found;
}

// Walks the index from its end to the first visible row.
std::optional<Datum> last_entry(Relation table, Oid index_oid, AttrNumber column)
{
	bool found = false;
	Datum value = 0;
	call([&] {
		Relation index = index_open(index_oid, AccessShareLock);
		TupleTableSlot *slot = table_slot_create(table, nullptr);
		ScanKeyData not_null;
		ScanKeyEntryInitialize(&not_null, SK_ISNULL | SK_SEARCHNOTNULL, 1, InvalidStrategy, InvalidOid, InvalidOid, InvalidOid, 0);
		IndexScanDesc scan = pg::index_beginscan(table, index, GetActiveSnapshot(), 1);
		index_rescan(scan, &not_null, 1, nullptr, 0);
		if (index_getnext_slot(scan, BackwardScanDirection, slot))
		{
			const Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(table), column - 1);
			bool isnull;
			value = datumCopy(slot_getattr(slot, column, &isnull), attribute->attbyval, attribute->attlen);
			found = true;
		}
		index_endscan(scan);
		ExecDropSingleTupleTableSlot(slot);
		index_close(index, AccessShareLock);
	});
	return found ? std::optional(value) : std::nullopt;
}

bool has_blocks(Oid table)
{
	return call([=] {
		Relation open = try_relation_open(table, AccessShareLock);
		if (open == nullptr)
			return false; // dropped since it was listed
		const char kind = open->rd_rel->relkind;
		const bool some = RELKIND_HAS_TABLE_AM(kind) ? RelationGetNumberOfBlocks(open) > 0 : kind != RELKIND_PARTITIONED_TABLE;
		relation_close(open, AccessShareLock);
		return some;
	});
}

// May there be rows?  A set may have thousands of partitions ahead of its
// rows; a query of each would take minutes and keep a lock on every one.
bool may_have_rows(Oid partition)
{
	if (!is_partitioned(partition))
		return has_blocks(partition);
	for (const Oid table : table_and_below(partition))
	{
		check_for_interrupts();
		if (has_blocks(table))
			return true;
	}
	return false;
}

std::optional<Datum> by_query(Oid partition, Oid parent)
{
	// The key may be an expression with a function of the owner's in it.
	const acting_as owner(owner_of(parent));
	MemoryContext const outside = CurrentMemoryContext;
	spi query;
	query.execute("SELECT pg_catalog.max(" + partition_key_text(parent) + ") FROM " + qualified_name(partition), {}, spi::access::read_latest);
	if (query[0].null(1))
		return std::nullopt;
	const Oid type = call([] { return SPI_gettypeid(SPI_tuptable->tupdesc, 1); });
	const Datum datum = query[0].datum(1);
	const memory_switch copy_there(outside);
	return call([=] {
		int16 length;
		bool by_value;
		get_typlenbyval(type, &length, &by_value);
		return datumCopy(datum, by_value, length);
	});
}

} // namespace

static AttrNumber column_of_partition(const relation &table, AttrNumber parent_column, Oid parent)
{
	if (parent_column <= 0 || table.form()->relkind != RELKIND_RELATION)
		return InvalidAttrNumber;
	return call([&, partition = table.oid()] { return get_attnum(partition, get_attname(parent, parent_column, false)); });
}

std::optional<Datum> largest_key(Oid partition, AttrNumber parent_column, Oid parent)
{
	if (!may_have_rows(partition))
		return std::nullopt;
	const relation table(partition, AccessShareLock);
	if (const AttrNumber column = column_of_partition(table, parent_column, parent); column != InvalidAttrNumber)
		if (const Oid index = call([&] { return leading_index(table.get(), column); }); OidIsValid(index))
			return last_entry(table.get(), index, column);
	return by_query(partition, parent);
}

bool has_leading_index(Oid partition, AttrNumber parent_column, Oid parent)
{
	const relation table(partition, AccessShareLock);
	const AttrNumber column = column_of_partition(table, parent_column, parent);
	return column != InvalidAttrNumber && OidIsValid(call([&] { return leading_index(table.get(), column); }));
}

} // namespace pg
