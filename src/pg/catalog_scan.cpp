// catalog_scan.cpp: reading this extension's catalogs as the server reads its
// own.
#include "pg/catalog_scan.hpp"

#include "pg/identity.hpp"
#include "pg/value.hpp"

extern "C" {
#include "access/stratnum.h"
#include "utils/fmgroids.h"
}

namespace pg {

namespace {

Oid require_relation(const char *name)
{
	const Oid found = extension_relation(name);
	if (!OidIsValid(found))
		throw failure(ERRCODE_UNDEFINED_TABLE, std::string("relation \"mosaic.") + name + "\" does not exist", {},
					  "Use CREATE EXTENSION pg_mosaic.");
	return found;
}

} // namespace

catalog_scan::catalog_scan(const char *relation, const char *index, const catalog_snapshot &snapshot,
						   std::initializer_list<std::string_view> leading)
	: relation_(require_relation(relation), AccessShareLock)
{
	constexpr int max_keys = 4;
	Assert(leading.size() <= max_keys && relation_->rd_att->natts <= catalog_row::max_columns);
	const Oid index_oid = require_relation(index);
	scan_ = call([&] {
		ScanKeyData keys[max_keys];
		int count = 0;
		for (const std::string_view value : leading)
		{
			const Datum datum = PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size())));
			ScanKeyInit(&keys[count], static_cast<AttrNumber>(count + 1), BTEqualStrategyNumber, F_TEXTEQ, datum);
			++count;
		}
		return systable_beginscan(relation_.get(), index_oid, true, snapshot.get(), count, keys);
	});
}

catalog_scan::~catalog_scan()
{
	if (!unwinding_)
		systable_endscan(scan_);
}

const catalog_row *catalog_scan::next()
{
	call([this] {
		CHECK_FOR_INTERRUPTS();
		row_.tuple_ = systable_getnext(scan_);
		if (HeapTupleIsValid(row_.tuple_))
			heap_deform_tuple(row_.tuple_, RelationGetDescr(relation_.get()), row_.values_, row_.nulls_);
	});
	return row_.tuple_ != nullptr ? &row_ : nullptr;
}

} // namespace pg
