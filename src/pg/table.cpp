// table.cpp: rows of our own tables, without SQL.
#include <boost/container/static_vector.hpp>

#include "pg/table.hpp"

extern "C" {
#include "access/stratnum.h"
#include "catalog/indexing.h"
}

namespace pg {

void insert_row(Relation table, std::initializer_list<value> columns)
{
	boost::container::static_vector<Datum, 32> datums;
	boost::container::static_vector<char, 32> nulls;
	for (const value &column : columns)
	{
		datums.push_back(column.datum);
		nulls.push_back(column.null);
	}
	call([&] {
		Assert(RelationGetNumberOfAttributes(table) == static_cast<int>(datums.size()));
		HeapTuple tuple = heap_form_tuple(RelationGetDescr(table), datums.data(), reinterpret_cast<bool *>(nulls.data()));
		// Whoever may write to a TOAST table has a snapshot; at the end of a
		// transaction there is none any more.
		const bool needs_snapshot = !ActiveSnapshotSet();
		if (needs_snapshot)
			PushActiveSnapshot(GetTransactionSnapshot());
		CatalogTupleInsert(table, tuple);
		if (needs_snapshot)
			PopActiveSnapshot();
	});
}

index_scan::index_scan(Relation table, Relation index, std::initializer_list<index_bound> bounds, ScanDirection direction)
	: table_(table), direction_(direction)
{
	boost::container::static_vector<ScanKeyData, 4> keys;
	for (const index_bound &bound : bounds)
	{
		ScanKeyData &key = keys.emplace_back();
		call([&] { ScanKeyInit(&key, bound.column, bound.strategy, bound.comparison, bound.value); });
	}
	scan_ = call([&] {
		return systable_beginscan_ordered(table, index, GetActiveSnapshot(), static_cast<int>(keys.size()), keys.data());
	});
}

index_scan::~index_scan()
{
	if (!unwinding_)
		systable_endscan_ordered(scan_);
}

HeapTuple index_scan::next()
{
	return call([this] { return systable_getnext_ordered(scan_, direction_); });
}

Datum index_scan::column(HeapTuple tuple, AttrNumber number) const
{
	return call([=, this] {
		bool isnull;
		return heap_getattr(tuple, number, RelationGetDescr(table_), &isnull);
	});
}

} // namespace pg
