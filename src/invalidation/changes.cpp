// changes.cpp: answering a consumer that asks what it has missed.
//
// A token is a tick, or a tick and a snapshot taken after it.  The second kind
// lets a consumer see what no tick has counted yet without writing anything,
// so it works in a read-only transaction, without a ticker, and a consumer
// that rolls back its reading transaction loses nothing.
#include <algorithm>

#include "invalidation/changes.hpp"

#include "invalidation/outbox.hpp"
#include "invalidation/state.hpp"

#include "pg/identity.hpp"
#include "pg/resources.hpp"
#include "pg/spi.hpp"
#include "pg/wal.hpp"

namespace invalidation {

namespace {

constexpr std::size_t rows_a_page = 100000;

core::position_token token_at(const tick_row &tick)
{
	return {installation(), tick.timeline, tick.position, std::nullopt, false};
}

tick_row last_committed_tick()
{
	return tick_table::last(tick_table::made_by::others).value_or(tick_row{});
}

// The tick a token stands on; nothing where the token means another history:
// another installation, a position that was lost with a failover, one that is
// purged, a form of a later version.
std::optional<tick_row> tick_of(const core::position_token &token)
{
	if (token.unknown_suffix || token.installation != installation())
		return std::nullopt;
	const auto tick = tick_table::at(token.position, tick_table::made_by::others);
	if (!tick)
		return std::nullopt;
	// A snapshot may have been taken on a later timeline than its tick was made.
	const bool same_history = token.seen ? tick->timeline <= token.timeline : tick->timeline == token.timeline;
	return same_history ? tick : std::nullopt;
}

// What has been seen at a token.  After a failover the transactions of its
// snapshot may be others; the tick was there before.
core::snapshot seen_at(const core::position_token &token, const tick_row &tick)
{
	return token.seen && token.timeline == pg::current_timeline() ? *token.seen : tick.seen;
}

// Everything that is committed now, as if a tick were made of it.
tick_row tick_of_now(int64 position)
{
	const pg::latest_snapshot now;
	tick_row t;
	t.position = position;
	t.seen = tick_table::current_snapshot();
	t.timeline = pg::current_timeline();
	t.lsn = pg::wal_insert_position();
	return t;
}

// Each row belongs to the first tick that sees it; since ticks see ever more,
// that can be searched.
std::vector<page_entry> distribute(const std::vector<outbox::row> &rows, const std::vector<tick_row> &ticks)
{
	std::vector<page_entry> entries(ticks.size());
	for (std::size_t n = 0; n < ticks.size(); ++n)
		entries[n].tick = ticks[n];
	std::vector<core::change_record> records;
	for (const outbox::row &row : rows)
	{
		const auto at = std::partition_point(ticks.begin(), ticks.end(), [&](const tick_row &t) { return !t.seen.sees(row.xid); });
		Assert(at != ticks.end());
		records.clear();
		outbox::read_records_of(row, records);
		for (const core::change_record &record : records)
			entries[static_cast<std::size_t>(at - ticks.begin())].changes.add(record);
	}
	return entries;
}

// The last of the ticks that a page has told whole, if any.
const tick_row *last_told(const std::vector<tick_row> &ticks, const core::snapshot &reached)
{
	const auto end = std::partition_point(ticks.begin(), ticks.end(), [&](const tick_row &t) { return reached.covers(t.seen); });
	return end == ticks.begin() ? nullptr : &*std::prev(end);
}

// Where to go on after a page that has reached a snapshot.  The short form will
// do unless something has been seen that its tick does not have: told once is
// told.
core::position_token next_token(const core::snapshot &seen, const core::snapshot &reached, const tick_row &last, bool told_more)
{
	core::position_token next = token_at(last);
	if (!told_more && last.seen.covers(seen))
		return next;
	next.seen = reached.covers(seen) ? reached : seen;
	next.timeline = pg::current_timeline();
	// A crash must not undo what has been seen, and give its numbers to others.
	if (!pg::on_standby())
		pg::flush_wal();
	return next;
}

page flush_everything()
{
	page result;
	result.reset = true;
	result.end = last_committed_tick();
	result.next = token_at(result.end);
	return result;
}

page after(const core::position_token &token, const tick_row &from, int64 max_ticks, bool beyond)
{
	std::vector<tick_row> ticks = tick_table::after(token.position, max_ticks, tick_table::made_by::others);
	const std::size_t made = ticks.size();
	if (beyond && static_cast<int64>(made) < max_ticks && !pg::on_standby())
		ticks.push_back(tick_of_now((ticks.empty() ? from : ticks.back()).position + 1));

	const core::snapshot seen = seen_at(token, from);
	core::snapshot reached = ticks.empty() ? seen : ticks.back().seen;
	page result;
	if (!ticks.empty())
	{
		const pg::latest_snapshot now;
		result.entries = distribute(outbox::read_window(seen, reached, rows_a_page), ticks);
		// A purge may have been quicker; what it took goes with its tick.
		if (!tick_table::at(token.position, tick_table::made_by::others))
			return flush_everything();
	}
	ticks.resize(made);
	const tick_row *last = last_told(ticks, reached);
	result.end = last != nullptr ? *last : from;
	const auto is_later = [&](const page_entry &e) { return e.tick.position > result.end.position && !e.changes.empty(); };
	result.next = next_token(seen, reached, result.end, std::any_of(result.entries.begin(), result.entries.end(), is_later));
	return result;
}

} // namespace

readable_channels channels_of(Oid role)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	readable_channels found;
	found.all = pg::call([=] { return has_privs_of_role(role, GetUserId()); });
	const uint64 rows = spi.execute("SELECT channel::text FROM mosaic.channel_acl"
									" WHERE grantee::oid = 0 OR pg_has_role($1, grantee::oid, 'USAGE')",
									{pg::oid_value(role)}, pg::spi::access::read_only);
	for (uint64 n = 0; n < rows; ++n)
		found.names.insert(spi[n].text(1));
	return found;
}

core::position_token current_token()
{
	const pg::latest_snapshot now;
	return token_at(last_committed_tick());
}

page changes_after(const core::position_token &token, int64 max_ticks, bool beyond)
{
	const pg::latest_snapshot now;
	if (const auto from = tick_of(token))
		return after(token, *from, max_ticks, beyond);
	return flush_everything();
}

} // namespace invalidation
