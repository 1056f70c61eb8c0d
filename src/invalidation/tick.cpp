// tick.cpp: the sequence in which changes are told.
//
// A sequence number given to a row before it commits says nothing of when it
// commits: a reader that goes by the highest number seen loses whoever was
// slower.  Snapshots do not have that hole.  Tick n stores one; the rows it
// sees and tick n-1 did not see are tick n's, each in exactly one tick, however
// long its transaction took.  Ticks are made under a lock, so that each takes
// its snapshot after the one before has committed and positions have no gaps.
// (PgQ's idea.)
#include <algorithm>

#include "invalidation/tick.hpp"

#include "invalidation/settings.hpp"
#include "invalidation/state.hpp"

#include "pg/array.hpp"
#include "pg/identity.hpp"
#include "pg/notify.hpp"
#include "pg/object_lock.hpp"
#include "pg/resources.hpp"
#include "pg/spi.hpp"
#include "pg/wal.hpp"

namespace invalidation {

namespace {

constexpr std::size_t rows_a_tick = 10000;
constexpr std::size_t channels_remembered = 1000;

#define TICK_COLUMNS "pos, snap::text, tli::int8, lsn, channels, positions"
#define BY_OTHERS "xid IS DISTINCT FROM pg_current_xact_id_if_assigned()"

constinit pg::statement last_tick{"SELECT " TICK_COLUMNS " FROM mosaic.tick ORDER BY pos DESC LIMIT 1"};
constinit pg::statement last_by_others{"SELECT " TICK_COLUMNS " FROM mosaic.tick WHERE " BY_OTHERS " ORDER BY pos DESC LIMIT 1"};
constinit pg::statement tick_at{"SELECT " TICK_COLUMNS " FROM mosaic.tick WHERE pos = $1 AND " BY_OTHERS};
constinit pg::statement ticks_after{"SELECT " TICK_COLUMNS " FROM mosaic.tick WHERE pos > $1 AND " BY_OTHERS
									" ORDER BY pos LIMIT $2"};
constinit pg::statement snapshot_now{"SELECT pg_current_snapshot()::text"};
constinit pg::statement insert_tick{
	"INSERT INTO mosaic.tick (pos, snap, tli, lsn, channels, positions, n_xacts, n_keys)"
	" VALUES ($1, $2::pg_snapshot, $3, $4, $5, $6, $7, $8)"};

core::snapshot snapshot_of(const std::string &text)
{
	const auto snap = core::parse_snapshot(text);
	if (!snap)
		throw pg::failure(ERRCODE_DATA_CORRUPTED, "not a snapshot: \"" + text + "\"");
	return *snap;
}

tick_row row_of(const pg::row &row)
{
	tick_row t;
	t.position = row.int8(1);
	t.seen = snapshot_of(row.text(2));
	t.timeline = static_cast<uint32>(row.int8(3));
	t.lsn = DatumGetUInt64(row.datum(4));
	t.channels = pg::texts(row.datum(5), "channels", NAMEOID);
	t.positions = pg::int8_elements(row.datum(6));
	return t;
}

std::vector<tick_row> query(pg::statement &statement, std::initializer_list<pg::value> parameters)
{
	pg::spi spi;
	std::vector<tick_row> ticks;
	const uint64 rows = spi.execute(statement, parameters, pg::spi::access::read_only);
	for (uint64 n = 0; n < rows; ++n)
		ticks.push_back(row_of(spi[n]));
	return ticks;
}

std::optional<tick_row> only(std::vector<tick_row> ticks)
{
	return ticks.empty() ? std::nullopt : std::optional(std::move(ticks.front()));
}

std::optional<tick_row> as_owner(pg::statement &statement, std::initializer_list<pg::value> parameters)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	const pg::latest_snapshot now;
	return only(query(statement, parameters));
}

coalesced coalesce(const std::vector<outbox::row> &rows)
{
	coalesced changes;
	std::vector<core::change_record> records;
	for (const outbox::row &row : rows)
	{
		records.clear();
		outbox::read_records_of(row, records);
		for (const core::change_record &record : records)
			changes.add(record);
	}
	return changes;
}

std::size_t count_transactions(const std::vector<outbox::row> &rows)
{
	std::size_t count = 0;
	for (std::size_t i = 0; i < rows.size(); ++i)
		count += i == 0 || rows[i].xid != rows[i - 1].xid;
	return count;
}

// Moves the channels of a tick to its position, and says where they were.
void advance_channels(tick &t)
{
	tick_row &row = t.row;
	for (const std::string &channel : t.changes.channels())
	{
		const auto at = std::find(row.channels.begin(), row.channels.end(), channel);
		const auto n = at - row.channels.begin();
		t.previous.emplace_back(channel, at == row.channels.end() ? 0 : row.positions[static_cast<std::size_t>(n)]);
		if (at != row.channels.end())
		{
			row.channels.erase(at);
			row.positions.erase(row.positions.begin() + n);
		}
		row.channels.push_back(channel);
		row.positions.push_back(row.position);
	}
	// The front is what has been silent longest; a listener whose channel was
	// forgotten sees 0, which is a gap, and asks.
	while (row.channels.size() > channels_remembered)
	{
		row.channels.erase(row.channels.begin());
		row.positions.erase(row.positions.begin());
	}
}

void insert(const tick &t, std::size_t transactions)
{
	pg::spi spi;
	spi.execute(insert_tick,
				{pg::int8_value(t.row.position), pg::text_value(std::string_view(core::print_snapshot(t.row.seen))),
				 pg::int4_value(static_cast<int32>(t.row.timeline)), {LSNOID, UInt64GetDatum(t.row.lsn), false},
				 pg::name_array_value(t.row.channels), pg::int8_array_value(t.row.positions),
				 pg::int4_value(static_cast<int32>(transactions)), pg::int4_value(static_cast<int32>(t.changes.key_count()))});
}

} // namespace

core::snapshot current_snapshot()
{
	pg::spi spi;
	spi.execute(snapshot_now, {}, pg::spi::access::read_only);
	core::snapshot snap = snapshot_of(spi[0].text(1));
	const FullTransactionId own = GetTopFullTransactionIdIfAny();
	if (FullTransactionIdIsValid(own))
		snap.hide(U64FromFullTransactionId(own));
	return snap;
}

std::optional<tick> make_tick()
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::lock_exclusively(pg::extension_relation("tick"));
	const pg::latest_snapshot now;

	const tick_row before = only(query(last_tick, {})).value_or(tick_row{});
	core::snapshot seen = current_snapshot();
	const std::vector<outbox::row> rows = outbox::read_window(before.seen, seen, rows_a_tick);
	if (rows.empty())
		return std::nullopt;

	tick t{before, coalesce(rows), {}};
	t.row.position = before.position + 1;
	t.row.seen = std::move(seen);
	t.row.timeline = pg::current_timeline();
	t.row.lsn = pg::wal_insert_position();
	advance_channels(t);
	insert(t, count_transactions(rows));
	return t;
}

std::optional<tick> last_tick_again()
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	const pg::latest_snapshot now;
	const auto last = only(query(last_tick, {}));
	const auto before = last ? only(query(tick_at, {pg::int8_value(last->position - 1)})) : std::nullopt;
	if (!before)
		return std::nullopt;

	tick t{*before, coalesced(), {}};
	t.row.position = last->position;
	t.row.seen = last->seen;
	t.changes = coalesce(outbox::read_window(before->seen, t.row.seen, SIZE_MAX));
	advance_channels(t);
	t.row.timeline = last->timeline;
	t.row.lsn = last->lsn;
	return t;
}

void deliver(const tick &t)
{
	core::payload_header header;
	header.epoch = core::print_epoch(installation(), t.row.timeline);
	header.position = t.row.position;
	header.lsn = pg::lsn_text(t.row.lsn);
	header.xmax = std::to_string(t.row.seen.xmax);
	delivery_options options;
	options.secret = secret_if_needed(t.changes);
	options.degraded = pg::notify_queue_usage() * 100 > settings::notify_highwater;
	for (const auto &[channel, previous] : t.previous)
	{
		header.previous = previous;
		notify_channel(t.changes, channel, header, options);
	}
}

std::optional<tick_row> last_committed_tick() { return as_owner(last_by_others, {}); }

std::optional<tick_row> committed_tick(int64 position) { return as_owner(tick_at, {pg::int8_value(position)}); }

std::vector<tick_row> committed_ticks_after(int64 position, int64 most)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	const pg::latest_snapshot now;
	return query(ticks_after, {pg::int8_value(position), pg::int8_value(most)});
}

bool needs_ticker()
{
	if (!OidIsValid(pg::find_extension_relation("watch")))
		return false;
	pg::spi spi;
	spi.execute("SELECT EXISTS (SELECT FROM mosaic.watch WHERE mode = 'outbox') OR EXISTS (SELECT FROM mosaic.outbox)", {},
				pg::spi::access::read_only);
	return spi[0].boolean(1);
}

} // namespace invalidation
