// outbox.cpp: writing and reading mosaic.outbox.
//
// Written without SPI: SPI would refuse after SET TRANSACTION READ ONLY, ask
// for the current role's rights and leave deferred constraints unchecked.
// Read by the index, without a planner: from the first xid that the last tick
// had not reached, and one by one for those it saw running.  Never from the
// oldest running transaction on, which an hour-long batch would turn into an
// hour's rows at every tick.
#include "invalidation/outbox.hpp"

#include "pg/identity.hpp"
#include "pg/locking.hpp"
#include "pg/own_table.hpp"
#include "pg/snapshot_text.hpp"
#include "pg/table.hpp"
#include "pg/value.hpp"

namespace invalidation::outbox {

namespace {

enum : AttrNumber { column_xid = 1, column_body };

constinit pg::own_table written{"outbox"};

// However long nobody has read.
constexpr std::size_t most_bytes = 64 * 1024 * 1024;

struct open_outbox {
	explicit open_outbox(LOCKMODE mode)
		: table(pg::extension_relation("outbox"), mode), index(pg::extension_relation("outbox_xid_idx"), mode)
	{
	}

	pg::relation table;
	pg::relation index;
};

Datum xid_datum(uint64 xid) { return UInt64GetDatum(xid); }

row row_of(const pg::index_scan &scan, HeapTuple tuple)
{
	return {DatumGetUInt64(scan.column(tuple, column_xid)), pg::bytea_text(scan.column(tuple, column_body))};
}

// Transactions that were running at `from` and are not any more.
void read_late(const open_outbox &outbox, const core::snapshot &from, const core::snapshot &to, std::vector<row> &rows)
{
	for (const uint64 xid : from.running)
	{
		if (!to.sees(xid))
			continue;
		pg::check_for_interrupts();
		pg::index_scan scan(outbox.table.get(), outbox.index.get(),
							{{column_xid, BTEqualStrategyNumber, F_XID8EQ, xid_datum(xid)}});
		while (HeapTuple tuple = scan.next())
			rows.push_back(row_of(scan, tuple));
	}
}

// Transactions that had not begun at `from`, none of them in part.
void read_new(const open_outbox &outbox, const core::snapshot &from, core::snapshot &to, std::size_t most,
			  std::vector<row> &rows)
{
	std::size_t bytes = 0;
	pg::index_scan scan(outbox.table.get(), outbox.index.get(),
						{{column_xid, BTGreaterEqualStrategyNumber, F_XID8GE, xid_datum(from.xmax)},
						 {column_xid, BTLessStrategyNumber, F_XID8LT, xid_datum(to.xmax)}});
	while (HeapTuple tuple = scan.next())
	{
		pg::check_for_interrupts();
		const uint64 xid = DatumGetUInt64(scan.column(tuple, column_xid));
		if (!to.sees(xid))
			continue;
		if ((rows.size() >= most || bytes >= most_bytes) && rows.back().xid != xid)
		{
			to.cut(xid);
			return;
		}
		bytes += rows.emplace_back(row_of(scan, tuple)).body.size();
	}
}

} // namespace

bool insert(const std::string &body)
{
	// Many writers extend the table together, and wait for each other.
	const pg::lock_timeout_off patient;
	const bool exists = written.insert({{XID8OID, xid_datum(pg::own_transaction_for_writing()), false}, pg::bytea_value(body)});
	if (!exists)
		pg::notice(WARNING, "changes for caches are lost", "Extension pg_mosaic was dropped while the transaction ran.");
	return exists;
}

void read_records_of(const row &of, std::vector<core::change_record> &records)
{
	if (core::read_records(of.body, records))
		return;
	const std::string xid = std::to_string(of.xid);
	throw pg::failure(ERRCODE_DATA_CORRUPTED, "mosaic.outbox has a damaged row of transaction " + xid, "",
					  "After flushing the caches concerned: DELETE FROM mosaic.outbox WHERE xid = '" + xid + "';");
}

std::vector<row> read_window(const core::snapshot &from, core::snapshot &to, std::size_t most)
{
	const open_outbox outbox(AccessShareLock);
	std::vector<row> rows;
	read_late(outbox, from, to, rows);
	read_new(outbox, from, to, most, rows);
	return rows;
}

} // namespace invalidation::outbox
