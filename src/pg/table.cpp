// table.cpp: rows of our own tables, without SQL.
#include <boost/container/static_vector.hpp>

#include "pg/table.hpp"

extern "C" {
#include "access/genam.h"
#include "access/heapam.h"
#include "access/stratnum.h"
}

namespace pg {

namespace {

// What CatalogIndexInsert() does without preparing for what a catalog's indexes
// cannot have, which costs more than the entry itself.
void insert_index_entry(Relation table, Oid oid, HeapTuple tuple, const Datum *columns, const bool *nulls)
{
	const Relation index = index_open(oid, RowExclusiveLock);
	const Form_pg_index form = index->rd_index;
	Datum values[INDEX_MAX_KEYS];
	bool are_null[INDEX_MAX_KEYS];
	for (int i = 0; i < form->indnatts; ++i)
	{
		const int n = form->indkey.values[i] - 1;
		if (n < 0)
			elog(ERROR, "index \"%s\" of pg_mosaic has an expression", RelationGetRelationName(index));
		values[i] = columns[n];
		are_null[i] = nulls[n];
	}
	IndexInfo *info = makeNode(IndexInfo); // nbtree reads none of it
	if (form->indisready)
		index_insert(index, values, are_null, &tuple->t_self, table, form->indisunique ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO, false, info);
	index_close(index, RowExclusiveLock);
}

} // namespace

void put_row(Relation table, datum_row &row)
{
	HeapTuple tuple = heap_form_tuple(RelationGetDescr(table), row.datums.data(), row.nulls.data());
	List *indexes = RelationGetIndexList(table);
	simple_heap_insert(table, tuple);
	ListCell *cell;
	foreach(cell, indexes)
		insert_index_entry(table, lfirst_oid(cell), tuple, row.datums.data(), row.nulls.data());
	list_free(indexes);
}

void insert_row(Relation table, std::initializer_list<value> columns)
{
	datum_row row(columns);
	call([&] {
		Assert(RelationGetNumberOfAttributes(table) == row.size());
		put_row(table, row);
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
