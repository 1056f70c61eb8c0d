// table.hpp: rows of our own tables, without SQL.
//
// For the two places where SQL will not do: PRE_COMMIT, where SPI refuses a
// transaction that has been made read only, and a queue, where a plan made
// when it was short must not be kept when it is long.
#pragma once

#include <initializer_list>

#include "pg/datum_row.hpp"
#include "pg/resources.hpp"

namespace pg {

// Inserts a row, indexes included, constraints and triggers not.  A table that
// has a TOAST table needs an active snapshot, others none.  Indexes are on
// plain columns and of every row.
void insert_row(Relation table, std::initializer_list<value> columns);

// The same, for use in call().
void put_row(Relation table, datum_row &row);

struct index_bound {
	AttrNumber column; // of the table
	StrategyNumber strategy;
	RegProcedure comparison; // F_…
	Datum value;
};

// Rows in index order or against it, as the active snapshot sees them.
class index_scan {
public:
	index_scan(Relation table, Relation index, std::initializer_list<index_bound> bounds,
			   ScanDirection direction = ForwardScanDirection);
	~index_scan();
	index_scan(const index_scan &) = delete;
	index_scan &operator=(const index_scan &) = delete;

	// Null at the end; valid until the next.
	HeapTuple next();
	// A column that cannot be null; by reference into the row.
	Datum column(HeapTuple tuple, AttrNumber number) const;

private:
	unwinding unwinding_;
	Relation table_;
	ScanDirection direction_;
	SysScanDesc scan_;
};

} // namespace pg
