// catalog_scan.hpp: reading this extension's catalogs as the server reads its
// own: without the executor, seeing the last commit and this transaction's own
// commands whatever the isolation level, in parallel workers too, and without
// asking the current user's privileges on them.
#pragma once

#include <initializer_list>
#include <string_view>

#include "pg/resources.hpp"

namespace pg {

// One state of the database for several scans.
class catalog_snapshot {
public:
	explicit catalog_snapshot(Oid relation)
		: snapshot_(call([=] { return RegisterSnapshot(GetCatalogSnapshot(relation)); })) {}
	~catalog_snapshot()
	{
		if (!unwinding_)
			UnregisterSnapshot(snapshot_);
	}
	catalog_snapshot(const catalog_snapshot &) = delete;
	catalog_snapshot &operator=(const catalog_snapshot &) = delete;

	Snapshot get() const noexcept { return snapshot_; }

private:
	unwinding unwinding_;
	Snapshot snapshot_;
};

// A row of a scan, valid until the next one.
class catalog_row {
public:
	static constexpr int max_columns = 32;

	bool null(int column) const { return nulls_[column - 1]; }
	Datum datum(int column) const { return values_[column - 1]; }
	int32 int4(int column) const { return DatumGetInt32(datum(column)); }
	int64 int8(int column) const { return DatumGetInt64(datum(column)); }
	HeapTuple tuple() const { return tuple_; }

private:
	friend class catalog_scan;
	HeapTuple tuple_ = nullptr;
	Datum values_[max_columns];
	bool nulls_[max_columns];
};

// The rows whose leading columns, all text COLLATE "C" and all indexed, have
// these values; all rows where none are given.
class catalog_scan {
public:
	catalog_scan(const char *relation, const char *index, const catalog_snapshot &snapshot,
				 std::initializer_list<std::string_view> leading = {});
	~catalog_scan();
	catalog_scan(const catalog_scan &) = delete;
	catalog_scan &operator=(const catalog_scan &) = delete;

	// Null after the last row.
	const catalog_row *next();

private:
	unwinding unwinding_;
	relation relation_;
	SysScanDesc scan_;
	catalog_row row_;
};

} // namespace pg
