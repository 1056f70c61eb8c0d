// guards.cpp: what stops retention until somebody has looked.
//
// The cluster.  A note of the system identifier and the database's OID is kept
// with each set and left out of dumps.  A set that comes out of a dump has no
// note; one in a database made from a template has another database's; one
// that pg_upgrade brought has the old cluster's.  A physical copy cannot be
// told from a standby that was promoted, which has to go on.
//
// The clock.  Retention drops what is old by a clock that anybody can set, so
// each pass compares it with another.  While the server runs that is the
// machine's steady clock, which nobody can set: between the note and now both
// must have moved alike, however long it was that nobody made a pass.  Across
// a restart there is no such clock, and a server that was down for a month
// looks exactly like one that came up with its clock a month ahead.  What
// differs is what the applications write: rows of about now.  So after a gap
// retention waits for the first such row, or for a word.  (Where applications
// take the key from the database's own clock, that row proves little; but then
// nothing in the database knows better.)  A clock behind the note stops
// retention as well: either it is wrong now, or it was when the note was made.
//
// A pass makes the note anew after a restart and when it is half as old as the
// jump that is allowed; otherwise a pass with nothing to do writes nothing.
#include "partition/guards.hpp"

#include <algorithm>

#include "partition/settings.hpp"
#include "pg/cluster.hpp"
#include "pg/identity.hpp"
#include "pg/largest_key.hpp"

namespace partition {

namespace {

constinit pg::statement upsert_note(
	"INSERT INTO mosaic.retention_guard AS g (parent, system_identifier, database, noted_at, server_started, steady_clock) VALUES ($1, $2, $3, $4, $5, $6) "
	"ON CONFLICT (parent) DO UPDATE SET system_identifier = excluded.system_identifier, database = excluded.database, noted_at = excluded.noted_at, "
	"server_started = excluded.server_started, steady_clock = excluded.steady_clock");

pg::microseconds allowed_jump()
{
	return static_cast<pg::microseconds>(settings::max_clock_jump) * pg::usecs_per_second;
}

bool same_server(const guard_note &note)
{
	return note.server_started == pg::server_started();
}

// How far the clock is from where it should be; of a note by another run of
// the server the whole gap, which need not be anybody's fault.
pg::microseconds clock_error(const guard_note &note, TimestampTz now)
{
	const pg::microseconds passed = now - note.at;
	return same_server(note) ? passed - (pg::steady_clock() - note.steady_clock) : passed;
}

// Levels below have a table for each partition above: there it is enough that
// they may go by the clock.
bool is_range(const set &level)
{
	return level.strategy == strategy_name(pg::partition_strategy::range);
}

bool goes_by_clock(const set &level)
{
	return is_range(level) &&
		   key(pg::partition_table(level.parent), parse_key_format(level.key_format)).on() != axis::number;
}

// Is there a row whose key is about now?
bool has_row_of_now(const set &settings, TimestampTz now)
{
	const range_set open(settings);
	const key &k = open.axis_key();
	const position at = open.now(now);
	const position recent = {at.time - allowed_jump(), {}};
	for (int n = open.table().bounded() - 1; n >= 0; --n)
	{
		const pg::range_partition range = open.table().range(n);
		const std::optional<position> lower = open.lower(range);
		const std::optional<position> upper = open.upper(range);
		if (lower && k.compare(*lower, at) > 0)
			continue;
		if (upper && k.compare(*upper, recent) <= 0)
			break;
		const std::optional<Datum> largest = pg::largest_key(range.partition, k.attribute(), open.table().oid());
		if (largest && k.compare(k.decode(*largest, rounding::down), recent) >= 0)
			return true;
	}
	return false;
}

guard clock_guard(const set_state &state, TimestampTz now)
{
	const pg::microseconds error = clock_error(*state.noted, now);
	if (error >= -allowed_jump() && error <= allowed_jump())
		return guard::none;
	if (!goes_by_clock(state.settings))
		return std::any_of(state.settings.levels.begin(), state.settings.levels.end(), is_range) ? guard::clock : guard::none;
	if (error > 0 && !same_server(*state.noted) && has_row_of_now(state.settings, now))
		return guard::none;
	return guard::clock;
}

} // namespace

guard guard_of(const set_state &state, TimestampTz reference_time)
{
	if (state.confirmed)
		return guard::none;
	if (!state.noted || state.noted->system_identifier != pg::system_identifier() || state.noted->database != MyDatabaseId)
		return guard::cluster;
	const TimestampTz now = GetCurrentTransactionStartTimestamp();
	return reference_time == now ? clock_guard(state, now) : guard::none;
}

request request_for(const set_state &state, TimestampTz reference_time)
{
	request asked{reference_time, state.confirmed, state.retiring};
	asked.held = guard_of(state, reference_time);
	return asked;
}

const char *guard_code(guard why)
{
	switch (why)
	{
	case guard::none:
		break;
	case guard::too_many:
		return "retention_held";
	case guard::clock:
		return "clock_jumped";
	case guard::cluster:
		return "cluster_changed";
	}
	return nullptr;
}

std::string guard_reason(const set_state &state, guard why, TimestampTz reference_time)
{
	const pg::time_zone zone(state.settings.time_zone);
	switch (why)
	{
	case guard::none:
		break;
	case guard::too_many:
		return "they are more at once than mosaic.max_drops (" + std::to_string(settings::max_drops) + ")";
	case guard::cluster:
		return state.noted ? "the set was kept in another cluster or database, before a copy, an upgrade or a restore"
						   : "the set comes out of a dump";
	case guard::clock:
		return "the clock shows " + pg::iso_timestamptz(reference_time, zone) + "; it was last known to be right at " +
			   pg::iso_timestamptz(state.noted->at, zone) +
			   (same_server(*state.noted) ? ", and less or more time has passed since" : ", before a restart, and no row is of about now");
	}
	return {};
}

void note_guard(Oid parent)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi().execute(upsert_note, {pg::regclass_value(parent), pg::int8_value(pg::system_identifier()), pg::oid_value(MyDatabaseId),
									pg::timestamptz_value(GetCurrentTimestamp()), pg::timestamptz_value(pg::server_started()),
									pg::int8_value(pg::steady_clock())});
}

bool note_is_old(const set_state &state)
{
	return !same_server(*state.noted) || GetCurrentTimestamp() - state.noted->at > allowed_jump() / 2;
}

} // namespace partition
