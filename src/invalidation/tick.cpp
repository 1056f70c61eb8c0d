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

#include "core/position_token.hpp"
#include "invalidation/outbox.hpp"
#include "invalidation/settings.hpp"
#include "invalidation/state.hpp"

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

// A full queue would make every COMMIT fail that notifies.  The positions are
// there to be asked for; once a minute the log says why nobody hears of them.
bool queue_is_full(double usage, int64 position)
{
	constexpr double full = 0.95;
	constexpr int64 pause = 60 * USECS_PER_SEC;
	static constinit TimestampTz said = 0;
	if (usage < full)
		return false;
	if (GetCurrentTimestamp() - said > pause)
	{
		said = GetCurrentTimestamp();
		pg::notice(WARNING, "listeners are not notified because the notification queue is full",
				   ("Position " + std::to_string(position) + " can be asked for with mosaic.changes_since().").c_str(),
				   "Look for a listening session that stays in a transaction: SELECT * FROM pg_stat_activity WHERE state LIKE 'idle in%';");
	}
	return true;
}

} // namespace

std::optional<tick> make_tick()
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::lock_exclusively(pg::extension_relation("tick"));
	const pg::latest_snapshot now;

	const tick_row before = tick_table::last(tick_table::made_by::anybody).value_or(tick_row{});
	core::snapshot seen = tick_table::current_snapshot();
	const std::vector<outbox::row> rows = outbox::read_window(before.seen, seen, rows_a_tick);
	if (rows.empty())
		return std::nullopt;

	tick t{before, coalesce(rows), count_transactions(rows), {}};
	t.row.position = before.position + 1;
	t.row.seen = std::move(seen);
	t.row.timeline = pg::current_timeline();
	t.row.lsn = pg::wal_insert_position();
	advance_channels(t);
	tick_table::insert(t.row, t.transactions, t.changes.key_count());
	// A position that listeners have heard of must not be given out again after
	// a crash.
	pg::require_durable_commit();
	return t;
}

std::optional<tick> last_tick_again()
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	const pg::latest_snapshot now;
	const auto last = tick_table::last(tick_table::made_by::anybody);
	const auto before = last ? tick_table::at(last->position - 1, tick_table::made_by::anybody) : std::nullopt;
	if (!before)
		return std::nullopt;

	tick t{*before, coalesced(), 0, {}};
	t.row.position = last->position;
	t.row.seen = last->seen;
	t.changes = coalesce(outbox::read_window(before->seen, t.row.seen, rows_a_tick));
	advance_channels(t);
	t.row.timeline = last->timeline;
	t.row.lsn = last->lsn;
	return t;
}

void deliver(const tick &t)
{
	const double usage = pg::notify_queue_usage();
	if (queue_is_full(usage, t.row.position))
		return;
	core::payload_header header;
	header.epoch = core::print_epoch(installation(), t.row.timeline);
	header.position = t.row.position;
	header.lsn = pg::lsn_text(t.row.lsn);
	header.xmax = std::to_string(t.row.seen.xmax);
	delivery_options options;
	options.secret = secret_if_needed(t.changes);
	options.degraded = usage * 100 > settings::notify_highwater;
	for (const auto &[channel, previous] : t.previous)
	{
		header.previous = previous;
		notify_channel(t.changes, channel, header, options);
	}
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
