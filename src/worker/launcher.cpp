// launcher.cpp: who decides when a database is looked after.
//
// The launcher is in no database, so it is in nobody's way.  What it starts is
// in one, and CREATE, ALTER and DROP DATABASE give up after five seconds when
// somebody stays in theirs; only autovacuum is told to leave by the server.
// So while anybody of ours is inside a database, the launcher looks every
// second whether somebody else wants it, and sends ours away.  That is done
// from here because a process that waits inside a long statement could not.
//
// See README.md for the states of a database.
#include <algorithm>
#include <optional>

#include "pg/latch.hpp"
#include "worker/children.hpp"
#include "worker/databases.hpp"
#include "worker/processes.hpp"
#include "worker/settings.hpp"

namespace worker {

namespace {

constexpr int64 second = USECS_PER_SEC;
constexpr int64 slot_pause = 5 * second; // after the server had no background worker left

// A pass that lasts longer than this, as one may that waits for a DETACH
// CONCURRENTLY, no longer keeps other databases waiting for mosaic.max_workers.
int64 long_pass()
{
	return std::min(settings::naptime, 60) * second;
}

class launcher {
public:
	// One look at everything; then how long to wait, in milliseconds.
	long round();

private:
	void discover();
	void make_way();
	void start_due(process_kind kind);
	bool has_room(process_kind kind) const;
	bool start(process_kind kind, const database &where);
	void note_slots(bool exhausted);
	long wait() const;

	children children_;
	TimestampTz discovered_ = 0;
	TimestampTz no_start_before_ = 0;
	bool slots_exhausted_ = false;
};

// A process leaves the table when it exits.  A pass whose process is not
// there and has reported nothing has come to grief.
void note_gone()
{
	const locked_state state(LW_EXCLUSIVE);
	for (database *entry = state->databases(); entry < state->databases_end(); ++entry)
		for (const process_kind kind : {process_kind::maintenance, process_kind::ticker})
			if (entry->of(kind).at_work && find_process(*state, kind, entry->oid) == nullptr)
				gone(*entry, kind);
}

// Under the lock, so that the pid cannot belong to somebody else by now.
void send_away(shared_state &state, Oid oid, process_kind kind)
{
	database *entry = find_database(state, oid);
	process *sent = find_process(state, kind, oid);
	if (entry == nullptr || sent == nullptr || sent->pid == 0)
		return;
	sent_away(*entry, kind);
	sent->state = process_state::leaving;
	pg::ask_to_end(sent->pid);
}

pg::vector<Oid> occupied_databases()
{
	pg::vector<Oid> found;
	found.reserve(max_worker_processes); // nothing may raise under the lock
	const locked_state state(LW_SHARED);
	for (const process *p = state->processes(); p < state->processes_end(); ++p)
		if (OidIsValid(p->database))
			found.push_back(p->database);
	return found;
}

// A pass looks at mosaic.enabled itself, between its steps; a ticker has none.
void send_tickers_home()
{
	for (const Oid oid : occupied_databases())
		send_away(*locked_state(LW_EXCLUSIVE), oid, process_kind::ticker);
}

// Entering a database that is being dropped would only fail, and one that is
// being copied would be in the way.
bool may_enter(const database &where, process_kind kind)
{
	const bool open = pg::database_is_open(where.oid);
	if (open && !pg::database_is_wanted(where.oid))
		return true;
	const locked_state state(LW_EXCLUSIVE);
	state->discover = state->discover || !open;
	if (database *entry = find_database(*state, where.oid); entry != nullptr)
		stand_aside(*entry, kind);
	return false;
}

std::optional<database> due_database(process_kind kind)
{
	const locked_state state(LW_SHARED);
	const database *due = longest_due(*state, kind);
	return due != nullptr ? std::optional<database>(*due) : std::nullopt;
}

long launcher::round()
{
	const pg::memory_scope memory("pg_mosaic launcher round");
	children_.reap();
	note_gone();
	discover();
	make_way();
	if (settings::enabled)
	{
		start_due(process_kind::maintenance);
		start_due(process_kind::ticker);
	}
	else
		send_tickers_home();
	return wait();
}

void launcher::discover()
{
	const TimestampTz now = GetCurrentTimestamp();
	{
		const locked_state state(LW_EXCLUSIVE);
		const bool recently = discovered_ <= now && now < discovered_ + settings::naptime * second;
		if (recently && !state->discover)
			return;
		state->discover = false;
	}
	report_state(process_state::running, "listing databases");
	const pg::vector<pg::database> listed = pg::list_databases();
	discovered(*locked_state(LW_EXCLUSIVE), listed);
	discovered_ = now;
	report_state(process_state::idle);
}

// Our lock is not held while the lock manager is asked, which may raise.
void launcher::make_way()
{
	for (const Oid oid : occupied_databases())
	{
		if (!pg::database_is_wanted(oid))
			continue;
		const locked_state state(LW_EXCLUSIVE);
		send_away(*state, oid, process_kind::maintenance);
		send_away(*state, oid, process_kind::ticker);
	}
}

void launcher::start_due(process_kind kind)
{
	while (has_room(kind))
	{
		const std::optional<database> where = due_database(kind);
		if (!where || (may_enter(*where, kind) && !start(kind, *where)))
			return;
	}
}

bool launcher::has_room(process_kind kind) const
{
	const TimestampTz now = GetCurrentTimestamp();
	if (now < no_start_before_ && no_start_before_ - now <= slot_pause)
		return false;
	if (kind == process_kind::ticker)
		return true;
	const locked_state state(LW_SHARED);
	const auto counts = [=](const database &entry) {
		return entry.maintenance.at_work && now - entry.maintenance.since < long_pass();
	};
	return std::count_if(state->databases(), state->databases_end(), counts) < settings::max_workers;
}

// Noted before it happens: the process may be quicker than we are.
bool launcher::start(process_kind kind, const database &where)
{
	begun(*find_database(*locked_state(LW_EXCLUSIVE), where.oid), kind);
	const bool started = children_.start(kind, where);
	if (!started)
		not_begun(*find_database(*locked_state(LW_EXCLUSIVE), where.oid), kind);
	note_slots(!started);
	return started;
}

// The log hears of it once an episode, not once a try.
void launcher::note_slots(bool exhausted)
{
	if (exhausted)
		no_start_before_ = GetCurrentTimestamp() + slot_pause;
	if (exhausted == slots_exhausted_)
		return;
	slots_exhausted_ = exhausted;
	locked_state(LW_EXCLUSIVE)->slots_exhausted = exhausted;
	if (exhausted)
		pg::notice(LOG, "pg_mosaic cannot start a process because all background workers are taken",
				   "It tries again every five seconds.", "Raise max_worker_processes.");
	else
		pg::notice(LOG, "pg_mosaic can start processes again");
}

// What is overdue now waits for a process to end, which sets the latch, or for
// a slot.  Somebody who wants a database sets no latch of ours.
long launcher::wait() const
{
	const TimestampTz now = GetCurrentTimestamp();
	const TimestampTz event = next_event(*locked_state(LW_SHARED));
	TimestampTz next = discovered_ + settings::naptime * second;
	if (settings::enabled)
		next = std::min(next, event > now ? event : now + second);
	if (!occupied_databases().empty())
		next = std::min(next, now + second);
	return std::max<long>(1, (next - now) / 1000);
}

} // namespace

} // namespace worker

PG_WORKER(mosaic_launcher_main)
{
	using namespace worker;

	if (!enter(process_kind::launcher, InvalidOid))
		return;
	pg::connect_without_database();
	give_back_all(*locked_state(LW_EXCLUSIVE));
	report_state(process_state::idle);

	for (launcher self;;)
	{
		pg::wait_latch(self.round());
		pg::reload_configuration_if_asked();
	}
}
