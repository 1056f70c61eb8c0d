// databases.cpp: the table of databases, and when each is due.
#include <algorithm>
#include <limits>

#include "core/backoff.hpp"

#include "worker/databases.hpp"

#include "pg/crash_mark.hpp"
#include "pg/random.hpp"
#include "worker/processes.hpp"
#include "worker/settings.hpp"

namespace worker {

namespace {

constexpr int64 second = USECS_PER_SEC;
constexpr int64 hour = USECS_PER_HOUR;

int64 naptime()
{
	return settings::naptime * second;
}

int64 longest_wait(int64 base)
{
	return std::max(hour, base);
}

TimestampTz after_failures(int failures, int64 base)
{
	return GetCurrentTimestamp() + core::backoff(failures, base, longest_wait(base), pg::random_fraction());
}

// A database where there is nothing for us is looked at ten times more rarely,
// and nobody says when a restore is over.
int64 period(const database &entry)
{
	const bool useless = entry.extension == extension_state::absent || entry.extension == extension_state::other_version;
	if (useless)
		return 10 * naptime();
	return entry.extension == extension_state::being_restored ? std::min(10 * second, naptime()) : naptime();
}

bool by_oid(const database &entry, Oid oid)
{
	return entry.oid < oid;
}

database *lower_bound(shared_state &state, Oid oid)
{
	return std::lower_bound(state.databases(), state.databases_end(), oid, by_oid);
}

bool is_listed(const pg::vector<pg::database> &listed, Oid oid)
{
	return std::binary_search(listed.begin(), listed.end(), pg::database{oid, {}},
							  [](const pg::database &a, const pg::database &b) { return a.oid < b.oid; });
}

bool is_at_work(const database &entry)
{
	return entry.maintenance.at_work || entry.ticker.at_work;
}

// The mark of what a crash cut off is read once, when the database is first
// seen after it.
void heed_crash_mark(database &entry, process_kind kind)
{
	duty &its = entry.of(kind);
	its.crashes = pg::read_crash_mark(mark_of(kind), entry.oid);
	if (its.crashes > 0)
		its.due = after_failures(its.crashes, 10 * second);
}

database *add(shared_state &state, Oid oid)
{
	if (state.database_count == state.database_capacity)
	{
		state.databases_left_out = true;
		return nullptr;
	}
	database *place = lower_bound(state, oid);
	std::move_backward(place, state.databases_end(), state.databases_end() + 1);
	++state.database_count;
	*place = database{};
	place->oid = oid;
	place->maintenance.due = place->ticker.due = GetCurrentTimestamp();
	heed_crash_mark(*place, process_kind::maintenance);
	heed_crash_mark(*place, process_kind::ticker);
	return place;
}

void forget_unlisted(shared_state &state, const pg::vector<pg::database> &listed)
{
	const database *end = std::remove_if(state.databases(), state.databases_end(), [&](const database &entry) {
		return !is_listed(listed, entry.oid) && !is_at_work(entry);
	});
	state.database_count = static_cast<int>(end - state.databases());
}

void bound_wait(duty &its, int64 longest)
{
	its.due = std::min(its.due, GetCurrentTimestamp() + longest);
}

// After a shorter mosaic.naptime nobody sleeps out the longer one, and after a
// clock that went back nobody waits for its return.
void shorten_wait(database &entry)
{
	const auto backing_off = [](const duty &its) { return its.failures > 0 || its.crashes > 0; };
	bound_wait(entry.maintenance, backing_off(entry.maintenance) ? 2 * longest_wait(naptime()) : period(entry));
	bound_wait(entry.ticker, backing_off(entry.ticker) ? 2 * longest_wait(second) : second);
}

// What wakes the launcher early; where nobody runs, the time is kept for it.
void wake_launcher(shared_state &state)
{
	if (state.launcher != nullptr)
		SetLatch(state.launcher);
}

// A process that has reported may still be on its way out, and another one
// would find its place taken.
bool is_waiting(shared_state &state, database &entry, process_kind kind)
{
	return !entry.of(kind).at_work && (kind == process_kind::maintenance || entry.wants_ticker) && find_process(state, kind, entry.oid) == nullptr;
}

// Rows that no pass could help must not keep passes coming.
int64 next_miss_pause(const database &entry, int applied)
{
	if (applied > 0)
		return 0;
	return entry.for_miss ? std::clamp(2 * entry.miss_pause, second, std::max(second, naptime())) : entry.miss_pause;
}

} // namespace

database *find_database(shared_state &state, Oid oid)
{
	database *found = lower_bound(state, oid);
	return found != state.databases_end() && found->oid == oid ? found : nullptr;
}

void discovered(shared_state &state, const pg::vector<pg::database> &listed)
{
	state.databases_left_out = false;
	forget_unlisted(state, listed);
	for (const pg::database &known : listed)
	{
		database *entry = find_database(state, known.oid);
		if (entry == nullptr)
			entry = add(state, known.oid);
		if (entry == nullptr)
			continue;
		entry->name = known.name;
		shorten_wait(*entry);
	}
}

database *longest_due(shared_state &state, process_kind kind)
{
	const TimestampTz now = GetCurrentTimestamp();
	database *longest = nullptr;
	for (database *entry = state.databases(); entry < state.databases_end(); ++entry)
		if (is_waiting(state, *entry, kind) && entry->of(kind).due <= now && (longest == nullptr || entry->of(kind).due < longest->of(kind).due))
			longest = entry;
	return longest;
}

TimestampTz next_event(shared_state &state)
{
	TimestampTz next = std::numeric_limits<TimestampTz>::max();
	for (database *entry = state.databases(); entry < state.databases_end(); ++entry)
		for (const process_kind kind : {process_kind::maintenance, process_kind::ticker})
			if (is_waiting(state, *entry, kind))
				next = std::min(next, entry->of(kind).due);
	return next;
}

void begun(database &entry, process_kind kind)
{
	duty &its = entry.of(kind);
	its.at_work = true;
	its.may_end = false;
	its.since = GetCurrentTimestamp();
	if (kind != process_kind::maintenance)
		return;
	entry.nudged = false;
	entry.for_miss = entry.missed;
	entry.missed = false;
}

void not_begun(database &entry, process_kind kind)
{
	entry.of(kind).at_work = false;
}

void sent_away(database &entry, process_kind kind)
{
	entry.of(kind).may_end = true;
}

void gone(database &entry, process_kind kind)
{
	duty &its = entry.of(kind);
	its.at_work = false;
	its.ended = GetCurrentTimestamp();
	if (its.may_end)
		return stand_aside(entry, kind);
	if (kind == process_kind::ticker && its.ended - its.since > steady)
		its.failures = 0;
	++its.failures;
	its.due = after_failures(its.failures, kind == process_kind::ticker ? second : naptime());
}

void stand_aside(database &entry, process_kind kind)
{
	entry.of(kind).due = GetCurrentTimestamp() + second;
}

void pass_reported(database &entry, const pass_report &report)
{
	duty &its = entry.maintenance;
	const TimestampTz now = GetCurrentTimestamp();
	its.at_work = false;
	its.failures = 0;
	its.ended = now;
	entry.maintenance.crashes = 0;
	entry.extension = report.extension;
	entry.miss_pause = next_miss_pause(entry, report.applied);
	++entry.passes;
	if (report.complete && report.extension != extension_state::being_restored)
		entry.passed_at = now;

	its.due = now + period(entry);
	if (entry.missed)
		its.due = std::min(its.due, now + entry.miss_pause);
	if ((entry.nudged && report.extension != extension_state::being_restored) || !report.complete)
		its.due = now;
}

void error_raised(database &entry, const char *message)
{
	++entry.errors;
	entry.error_at = GetCurrentTimestamp();
	strlcpy(entry.last_error, message, error_size);
}

void nudge_maintenance()
{
	const locked_state state(LW_EXCLUSIVE);
	database *entry = find_database(*state, MyDatabaseId);
	if (entry == nullptr)
		state->discover = true;
	else
	{
		entry->nudged = true;
		if (entry->maintenance.crashes == 0)
			entry->maintenance.due = std::min(entry->maintenance.due, GetCurrentTimestamp());
	}
	wake_launcher(*state);
}

void nudge_for_missing_partition()
{
	const locked_state state(LW_EXCLUSIVE);
	database *entry = find_database(*state, MyDatabaseId);
	if (entry == nullptr || entry->extension != extension_state::present || entry->maintenance.failures > 0 || entry->maintenance.crashes > 0)
		return;
	entry->missed = true;
	const TimestampTz due = std::max(GetCurrentTimestamp(), entry->maintenance.ended + entry->miss_pause);
	if (entry->maintenance.at_work || entry->maintenance.due <= due)
		return;
	entry->maintenance.due = due;
	wake_launcher(*state);
}

static bool is_served(shared_state &state, const database *entry)
{
	return settings::enabled && state.launcher != nullptr && entry != nullptr && entry->extension != extension_state::other_version &&
		   entry->extension != extension_state::being_restored && entry->maintenance.failures == 0 && entry->maintenance.crashes == 0;
}

bool serves_at_once()
{
	const locked_state state(LW_SHARED);
	return is_served(*state, find_database(*state, MyDatabaseId));
}

bool nudge_for_wanted()
{
	const locked_state state(LW_EXCLUSIVE);
	database *entry = find_database(*state, MyDatabaseId);
	if (!is_served(*state, entry))
		return false;
	entry->nudged = true;
	entry->maintenance.due = std::min(entry->maintenance.due, GetCurrentTimestamp());
	wake_launcher(*state);
	return true;
}

void want_ticker(Oid oid)
{
	const locked_state state(LW_EXCLUSIVE);
	database *entry = find_database(*state, oid);
	if (entry == nullptr)
		entry = add(*state, oid);
	if (entry == nullptr || entry->wants_ticker)
		return;
	entry->wants_ticker = true;
	wake_launcher(*state);
}

void ticker_finished(Oid oid)
{
	const locked_state state(LW_EXCLUSIVE);
	if (database *entry = find_database(*state, oid); entry != nullptr)
	{
		entry->wants_ticker = false;
		entry->ticker.may_end = true;
		entry->ticker.crashes = 0;
	}
}

void ticker_is_steady(Oid oid)
{
	pg::remove_crash_mark(mark_of(process_kind::ticker), oid);
	const locked_state state(LW_EXCLUSIVE);
	if (database *entry = find_database(*state, oid); entry != nullptr)
		entry->ticker.crashes = 0;
}

void nudge_ticker()
{
	{
		const locked_state state(LW_SHARED);
		const database *entry = find_database(*state, MyDatabaseId);
		const process *ticker = find_process(*state, process_kind::ticker, MyDatabaseId);
		if (ticker != nullptr && ticker->pid != 0)
			SetLatch(ticker->latch);
		// One that is about to end does not wake up again.
		if (entry != nullptr && entry->wants_ticker)
			return;
	}
	want_ticker(MyDatabaseId);
}

} // namespace worker
