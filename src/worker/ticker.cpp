// ticker.cpp: one process a database that turns what writers left in the
// outbox into notifications.
//
// Each tick takes two transactions.  The first makes the position durable; the
// second only notifies.  A transaction that does nothing else writes no WAL
// before its commit record, so it waits neither for a disk nor for a standby
// while it holds the lock that all notifying sessions of the cluster share.
// A ticker that dies between the two has told nobody; the next one says the
// last tick again.
//
// Writers set the latch at commit, most of them a latch that is set already:
// between two ticks the ticker sleeps without listening.
//
// A tick costs about the same however little it tells: two commits, a flush, a
// signal to each listener.  Where many commit and one takes long, the machine
// is busy with the writers, and fewer ticks leave more of it to them.
#include <algorithm>

#include "worker/maintenance.hpp"

#include "invalidation/settings.hpp"
#include "invalidation/tick.hpp"
#include "pg/background_worker.hpp"
#include "pg/extension.hpp"
#include "pg/latch.hpp"
#include "pg/library.hpp"
#include "pg/transaction.hpp"
#include "worker/databases.hpp"
#include "worker/processes.hpp"

namespace worker {

namespace {

constexpr int64 purge_pause = 60 * USECS_PER_SEC;
constexpr int64 look_pause = 10 * USECS_PER_SEC; // at whether anybody needs us

// After a clock that went back nobody waits for its return.
bool has_passed(int64 pause, TimestampTz since)
{
	const TimestampTz now = GetCurrentTimestamp();
	return now < since || now - since >= pause;
}

// Milliseconds from the end of a tick to the next one.  After one that told of
// many it is four times what it took, so that ticks have a fifth of the time,
// within five times the interval that was asked for and what a reader takes
// for at once.
long pause_after(std::size_t transactions, TimestampTz begun)
{
	constexpr std::size_t many = 20;
	const long shortest = invalidation::settings::tick_interval;
	if (transactions < many)
		return shortest;
	const auto took = static_cast<long>((GetCurrentTimestamp() - begun) / 1000);
	const long longest = std::max(shortest, std::min(5 * shortest, 50L));
	return std::clamp(4 * took, shortest, longest);
}

class ticker {
public:
	explicit ticker(Oid extension) : driver_(extension, [](Oid) { return true; }) {}

	// Until nobody needs it.
	void run();

private:
	// How many transactions it told of.
	std::size_t tick();
	void say_last_tick_again();
	void deliver(const invalidation::tick &t);
	void purge_now_and_then();
	bool needed();
	void note_steadiness();

	pg::worker_transactions driver_;
	TimestampTz purged_ = 0;
	TimestampTz looked_ = GetCurrentTimestamp();
	TimestampTz begun_ = GetCurrentTimestamp();
	bool steady_ = false;
};

void ticker::deliver(const invalidation::tick &t)
{
	driver_.begin();
	invalidation::deliver(t);
	driver_.commit();
}

void ticker::say_last_tick_again()
{
	driver_.begin();
	const auto last = invalidation::last_tick_again();
	driver_.commit();
	if (last)
		deliver(*last);
}

std::size_t ticker::tick()
{
	driver_.begin();
	const auto t = invalidation::make_tick();
	driver_.commit();
	if (t)
		deliver(*t);
	return t ? t->transactions : 0;
}

void ticker::purge_now_and_then()
{
	if (!has_passed(purge_pause, purged_))
		return;
	driver_.begin();
	invalidation::purge();
	driver_.commit();
	purged_ = GetCurrentTimestamp();
}

bool ticker::needed()
{
	if (!has_passed(look_pause, looked_))
		return true;
	looked_ = GetCurrentTimestamp();
	driver_.begin();
	const bool needed = invalidation::needs_ticker();
	driver_.commit();
	return needed;
}

void ticker::note_steadiness()
{
	if (steady_ || !has_passed(steady, begun_))
		return;
	steady_ = true;
	ticker_is_steady(MyDatabaseId);
}

void ticker::run()
{
	say_last_tick_again();
	while (needed())
	{
		pg::reload_configuration_if_asked();
		const TimestampTz begun = GetCurrentTimestamp();
		const std::size_t told = tick();
		const long pause = pause_after(told, begun);
		purge_now_and_then();
		note_steadiness();
		if (told > 0)
			pg::nap(pause);
		else
			pg::wait_latch(invalidation::settings::tick_naptime);
	}
}

void tick_while_needed()
{
	const pg::memory_scope memory("pg_mosaic ticker");
	const pg::installed_extension extension = look_for_extension();
	if (!OidIsValid(extension.oid) || !pg::library_serves(extension.version))
		return;
	try
	{
		ticker(extension.oid).run();
		return;
	}
	catch (const pg::failure &ended)
	{
		if (ended.sqlstate() != ERRCODE_ADMIN_SHUTDOWN)
			throw;
	}
	pg::call([] { AbortCurrentTransaction(); }); // the extension was dropped
}

} // namespace

} // namespace worker

PG_WORKER(mosaic_ticker_main)
{
	using namespace worker;

	const Oid oid = DatumGetObjectId(main_arg);
	if (!enter(process_kind::ticker, oid))
		return;
	leave_crash_mark(process_kind::ticker, oid);
	pg::connect_to_database(oid);
	pg::force_maintenance_settings();
	report_state(process_state::running, "ticking");
	tick_while_needed();
	ticker_finished(oid);
}
