// tick_table.cpp: reading and writing mosaic.tick.
//
// By its index and without a planner, as the outbox: the table has a row when
// the first plan is made and hundreds of thousands an hour later.
#include "invalidation/tick_table.hpp"

#include "pg/array.hpp"
#include "pg/identity.hpp"
#include "pg/snapshot_text.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"

namespace invalidation::tick_table {

namespace {

enum : int {
	column_pos = 1, column_xid, column_snap, column_lsn, column_tli, column_n_xacts, column_n_keys, column_channels, column_positions, column_at
};

struct open_table {
	explicit open_table(LOCKMODE mode) : table(pg::extension_relation("tick"), mode), index(pg::extension_relation("tick_pkey"), mode) {}

	pg::relation table;
	pg::relation index;
};

core::snapshot snapshot_of(const std::string &text)
{
	const auto snap = core::parse_snapshot(text);
	if (!snap)
		throw pg::failure(ERRCODE_DATA_CORRUPTED, "not a snapshot: \"" + text + "\"");
	return *snap;
}

void require_whole(const tick_row &t)
{
	if (t.channels.size() == t.positions.size())
		return;
	const std::string position = std::to_string(t.position);
	throw pg::failure(ERRCODE_DATA_CORRUPTED, "tick " + position + " of mosaic.tick is damaged",
					  "It has " + std::to_string(t.channels.size()) + " channels and " + std::to_string(t.positions.size()) + " positions of theirs.",
					  "Without them listeners ask what they missed: UPDATE mosaic.tick SET channels = '{}', positions = '{}' WHERE pos = " + position + ";");
}

tick_row row_of(const pg::row &row)
{
	tick_row t;
	t.position = row.int8(column_pos);
	t.seen = snapshot_of(row.output(column_snap));
	t.timeline = static_cast<uint32>(row.int4(column_tli));
	t.lsn = DatumGetUInt64(row.datum(column_lsn));
	t.channels = pg::texts(row.datum(column_channels), "channels", NAMEOID);
	t.positions = pg::int8_elements(row.datum(column_positions));
	require_whole(t);
	return t;
}

// The first so many of a scan.
std::vector<tick_row> read(std::initializer_list<pg::index_bound> bounds, ScanDirection direction, int64 most, made_by whom)
{
	const open_table ticks(AccessShareLock);
	const uint64 own = whom == made_by::others ? pg::own_transaction() : 0;
	pg::index_scan scan(ticks.table.get(), ticks.index.get(), bounds, direction);
	std::vector<tick_row> found;
	while (static_cast<int64>(found.size()) < most)
	{
		const HeapTuple tuple = scan.next();
		if (tuple == nullptr)
			break;
		const pg::row row(tuple, RelationGetDescr(ticks.table.get()));
		if (own == 0 || DatumGetUInt64(row.datum(column_xid)) != own)
			found.push_back(row_of(row));
	}
	return found;
}

pg::index_bound bound(StrategyNumber strategy, RegProcedure comparison, int64 position)
{
	return {column_pos, strategy, comparison, Int64GetDatum(position)};
}

std::optional<tick_row> only(std::vector<tick_row> ticks)
{
	return ticks.empty() ? std::nullopt : std::optional(std::move(ticks.front()));
}

} // namespace

std::optional<tick_row> last(made_by whom) { return only(read({}, BackwardScanDirection, 1, whom)); }

std::optional<tick_row> at(int64 position, made_by whom)
{
	return only(read({bound(BTEqualStrategyNumber, F_INT8EQ, position)}, ForwardScanDirection, 1, whom));
}

std::vector<tick_row> after(int64 position, int64 most, made_by whom)
{
	return read({bound(BTGreaterStrategyNumber, F_INT8GT, position)}, ForwardScanDirection, most, whom);
}

void insert(const tick_row &row, std::size_t transactions, std::size_t keys)
{
	const pg::relation table(pg::extension_relation("tick"), RowExclusiveLock, pg::relation::on_close::keep_lock);
	pg::insert_row(table.get(),
				   {pg::int8_value(row.position), {XID8OID, UInt64GetDatum(pg::own_transaction_for_writing()), false},
					pg::snapshot_value(core::print_snapshot(row.seen)), {LSNOID, UInt64GetDatum(row.lsn), false},
					pg::int4_value(static_cast<int32>(row.timeline)), pg::int4_value(static_cast<int32>(transactions)),
					pg::int4_value(static_cast<int32>(keys)), pg::name_array_value(row.channels),
					pg::int8_array_value(row.positions), pg::timestamptz_value(GetCurrentTimestamp())});
	pg::call(CommandCounterIncrement);
}

core::snapshot current_snapshot()
{
	core::snapshot snap = snapshot_of(pg::current_snapshot_text());
	if (const uint64 own = pg::own_transaction(); own != 0)
		snap.hide(own);
	return snap;
}

} // namespace invalidation::tick_table
