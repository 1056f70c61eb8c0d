// row_digest.cpp: what a table's rows come to.
#include "pg/row_digest.hpp"

#include <algorithm>

#include "pg/compat.hpp"
#include "pg/identity.hpp"
#include "pg/memory.hpp"

extern "C" {
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "utils/fmgrprotos.h"
}

namespace pg {

std::string row_digest::sum_text() const
{
	unsigned __int128 left = sum < 0 ? -static_cast<unsigned __int128>(sum) : static_cast<unsigned __int128>(sum);
	std::string digits;
	do
		digits.push_back(static_cast<char>('0' + static_cast<int>(left % 10)));
	while ((left /= 10) > 0);
	if (sum < 0)
		digits.push_back('-');
	std::reverse(digits.begin(), digits.end());
	return digits;
}

void use_stable_text()
{
	set_local("TimeZone", "UTC");
	set_local("DateStyle", "ISO, YMD");
	set_local("IntervalStyle", "postgres");
	set_local("extra_float_digits", "1");
	set_local("bytea_output", "hex");
	set_local("lc_monetary", "C");
	// Binary COPY converts by it, whatever encoding the file is said to have.
	set_local("client_encoding", GetDatabaseEncodingName());
}

std::vector<std::string> stored_columns(Oid oid)
{
	const relation table(oid, AccessShareLock);
	const TupleDesc description = RelationGetDescr(table.get());
	std::vector<std::string> columns;
	for (int n = 0; n < description->natts; ++n)
		if (const FormData_pg_attribute *attribute = TupleDescAttr(description, n); !attribute->attisdropped && attribute->attgenerated == '\0')
			columns.emplace_back(NameStr(attribute->attname));
	return columns;
}

row_digester::row_digester(Relation table, const std::vector<std::string> &columns) : count_(static_cast<int>(columns.size()))
{
	vector<const char *> names;
	for (const std::string &column : columns)
		names.push_back(column.c_str());
	call([&] {
		const TupleDesc whole = RelationGetDescr(table);
		int *attributes = static_cast<int *>(palloc(sizeof(int) * Max(count_, 1)));
		row_ = CreateTemplateTupleDesc(count_);
		for (int n = 0; n < count_; ++n)
		{
			const AttrNumber attribute = get_attnum(RelationGetRelid(table), names[n]);
			if (attribute == InvalidAttrNumber)
				ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
								errmsg("column \"%s\" of relation \"%s\" does not exist", names[n], RelationGetRelationName(table))));
			attributes[n] = attribute - 1;
			TupleDescCopyEntry(row_, static_cast<AttrNumber>(n + 1), whole, attribute);
		}
		row_ = BlessTupleDesc(row_);
		attributes_ = attributes;
		values_ = static_cast<Datum *>(palloc(sizeof(Datum) * Max(count_, 1)));
		nulls_ = static_cast<bool *>(palloc(sizeof(bool) * Max(count_, 1)));
		fmgr_info(F_RECORD_OUT, &output_);
	});
}

void row_digester::add(const Datum *values, const bool *nulls)
{
	for (int n = 0; n < count_; ++n)
	{
		values_[n] = values[attributes_[n]];
		nulls_[n] = nulls[attributes_[n]];
	}
	const HeapTuple tuple = heap_form_tuple(row_, values_, nulls_);
	const char *text = OutputFunctionCall(&output_, HeapTupleGetDatum(tuple));
	result_.sum += static_cast<int64>(hash_bytes_extended(reinterpret_cast<const unsigned char *>(text), static_cast<int>(strlen(text)), 0));
	++result_.rows;
}

row_digest digest_of_table(Oid oid, const std::vector<std::string> &columns)
{
	const relation table(oid, AccessShareLock);
	row_digester digester(table.get(), columns);
	call([&] {
		MemoryContext const outside = CurrentMemoryContext;
		MemoryContext const each = AllocSetContextCreateInternal(outside, "pg_mosaic row digest", ALLOCSET_DEFAULT_SIZES);
		TupleTableSlot *slot = table_slot_create(table.get(), nullptr);
		TableScanDesc scan = pg::table_beginscan(table.get(), GetActiveSnapshot());
		while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
		{
			CHECK_FOR_INTERRUPTS();
			slot_getallattrs(slot);
			MemoryContextSwitchTo(each);
			digester.add(slot->tts_values, slot->tts_isnull);
			MemoryContextSwitchTo(outside);
			MemoryContextReset(each);
		}
		table_endscan(scan);
		ExecDropSingleTupleTableSlot(slot);
		MemoryContextDelete(each);
	});
	return digester.result();
}

} // namespace pg
