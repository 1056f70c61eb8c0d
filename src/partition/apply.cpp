// apply.cpp: carrying out steps of a plan: lock, plan again, run, record.
//
// The statements run with the rights of the parent's owner, in a restricted
// context.  All locks are asked for beforehand, in the order parent, default,
// partition, other tables; that the statements then find them granted is the
// rule.  Where they do not, and for the catalogs' locks, there is the limit of
// the try, which then begins anew as a whole.  A detach locks the tables
// that foreign keys point to before the parent: a busy application that
// updates one of them and then inserts here always has someone between the
// two, whom the parent's ACCESS EXCLUSIVE lock would keep from letting go.
#include "partition/apply.hpp"

#include "partition/archive.hpp"
#include "partition/build.hpp"
#include "partition/counters.hpp"
#include "partition/default_partition.hpp"
#include "partition/ledger.hpp"
#include "partition/log.hpp"
#include "partition/retiring.hpp"
#include "partition/settings.hpp"
#include "partition/write_block.hpp"
#include "pg/foreign_keys.hpp"
#include "pg/identity.hpp"
#include "pg/locking.hpp"
#include "pg/naming.hpp"

namespace partition {

namespace {

pg::vector<pg::lock_request> locks_of(const set &settings, const step &what, const pg::foreign_keys &keys)
{
	const bool retires = is_retirement(what.what);
	pg::vector<pg::lock_request> locks;
	const auto lock_tables = [&](const auto &tables, LOCKMODE mode) {
		for (const Oid table : tables)
			locks.push_back({table, mode});
	};
	if (what.detached)
	{
		// A foreign key of its own that goes with it is half the other table's.
		if (what.what == action::drop)
			lock_tables(pg::foreign_keys_of(what.partition).referenced, AccessExclusiveLock);
		lock_tables(pg::table_and_below(what.partition), AccessExclusiveLock);
		return locks;
	}
	if (what.what == action::block || what.what == action::archive || what.what == action::release)
	{
		lock_tables(leaves_of(what.partition), what.what == action::block	 ? ShareRowExclusiveLock
											   : what.what == action::archive ? AccessShareLock
																			  : AccessExclusiveLock);
		return locks;
	}
	if (what.what == action::finalize)
	{
		locks.push_back({settings.parent, ShareUpdateExclusiveLock});
		locks.push_back({what.partition, AccessExclusiveLock});
		return locks;
	}
	if (retires && what.what != action::drop)
		lock_tables(keys.referenced, ShareRowExclusiveLock);
	locks.push_back({settings.parent, retires ? AccessExclusiveLock : ShareUpdateExclusiveLock});
	if (const Oid default_partition = default_partition_of(settings.parent); OidIsValid(default_partition))
		for (const Oid table : pg::table_and_below(default_partition))
			locks.push_back({table, AccessExclusiveLock});
	if (retires)
		lock_tables(pg::table_and_below(what.partition), AccessExclusiveLock);
	else
		lock_tables(keys.referenced, ShareRowExclusiveLock);
	lock_tables(keys.referencing, retires ? AccessExclusiveLock : ShareRowExclusiveLock);
	return locks;
}

// Both plans are in the same order, so the search goes on where it stopped.
const step *find_from(const plan &planned, std::size_t &cursor, const step &wanted)
{
	for (std::size_t n = cursor; n < planned.size(); ++n)
		if (planned[n].same_as(wanted) && !planned[n].waits)
		{
			cursor = n + 1;
			return &planned[n];
		}
	return nullptr;
}

// Runs the statements of one step; returns them as one text.
std::string run(const set &settings, const step &what, const inherited &from_parent, bool referenced, const request &asked)
{
	const pg::acting_as owner(pg::owner_of(settings.parent));
	std::string command;
	if (is_retirement(what.what))
		execute(retirement_ddl_of(settings, what, referenced), command);
	else
		create(settings, what, from_parent, asked, command);
	return command;
}

// What a step means for the ledger.
void note(const set &settings, const step &what)
{
	switch (what.what)
	{
	case action::block:
		return note_blocked(settings, what, block_identity(what.partition));
	case action::detach:
		return note_detached(settings, what);
	case action::drop:
		if (what.detached || settings.retention_action == "archive")
			note_dropped(what.partition);
		return;
	case action::release:
		return note_released(what.partition);
	default:
		return;
	}
}

applied carry_out_archive(const set &settings, const step &what, int lock_tries)
{
	const TimestampTz begun = GetCurrentTimestamp();
	const archived result = archive_partition(settings, what);
	const double seconds = static_cast<double>(GetCurrentTimestamp() - begun) / static_cast<double>(pg::usecs_per_second);
	const char *outcome = result.complete ? "done" : "unfinished";
	write({settings.root, action_name(what.what), partition_name(what), what.lower, what.upper, outcome, lock_tries, seconds, {}, result.detail, result.command});
	return {what, partition_name(what), outcome, result.detail};
}

applied carry_out(const set &settings, const step &what, const inherited &from_parent, bool referenced, const request &asked, int lock_tries)
{
	if (what.what == action::archive)
		return carry_out_archive(settings, what, lock_tries);
	if (what.what == action::block)
		require_archivable(what.partition);
	const TimestampTz begun = GetCurrentTimestamp();
	const std::string partition = partition_name(what);
	const std::string command = run(settings, what, from_parent, referenced, asked);
	const double seconds = static_cast<double>(GetCurrentTimestamp() - begun) / static_cast<double>(pg::usecs_per_second);
	if (what.detached)
		forget_retiring(what.partition);
	note(settings, what);
	write({settings.root, action_name(what.what), partition, what.lower, what.upper, "done", lock_tries, seconds, {}, what.reason, command});
	return {what, partition, "done", what.reason};
}

// What of the steps is still due, and as it is due now.
plan plan_again(const set &settings, const plan &steps, const request &asked)
{
	const step &first = steps.front();
	if (first.detached && asked.resuming && !settings.retain_paused)
		for (const step &rest : plan_resumption(settings))
			if (rest.same_as(first))
				return {rest};
	if (steps.size() == 1)
		if (const std::optional<step> still = confirm_retirement(settings, first, asked))
			return {*still};
	return plan_level(settings, asked).steps;
}

// The set may have changed while the locks were waited for, a level been added.
struct present {
	std::optional<set> settings;
	bool retiring = false; // or held
};

present look_under_lock(const set &before)
{
	const std::optional<set_state> found = find_set(before.root);
	return found ? present{find_level(found->settings, before.parent), found->retiring} : present{};
}

std::vector<applied> carry_out_behind_locks(const set &settings, const plan &steps, const request &asked, bool referenced, int lock_tries)
{
	const auto [current, retiring] = look_under_lock(settings);
	if (!current)
		return {};
	request now = asked;
	now.made = is_retirement(steps.front().what);
	now.resuming = asked.resuming || retiring;
	const plan planned = plan_again(*current, steps, now);
	const inherited from_parent = is_retirement(steps.front().what) ? inherited{} : inherited_of(*current);
	std::vector<applied> results;
	std::size_t cursor = 0;
	for (const step &wanted : steps)
	{
		pg::check_for_interrupts();
		if (const step *what = find_from(planned, cursor, wanted))
			results.push_back(carry_out(*current, *what, from_parent, referenced, asked, lock_tries));
	}
	return results;
}

// An archive cannot be undone: a callback may have told others, and a file is
// on the disk.  It keeps nobody from reading or writing either, so what it does
// may wait as long as its own settings say.
template <typename Work>
pg::lock_outcome lock_and(Work &&work, const pg::vector<pg::lock_request> &locks, const step &what)
{
	const pg::lock_policy policy = settings::lock_policy();
	if (what.what != action::archive)
		return pg::work_behind(locks, policy, work);
	const pg::lock_outcome outcome = pg::acquire_all(locks, policy);
	if (outcome.granted)
		work(outcome.tries);
	return outcome;
}

} // namespace

std::string partition_name(const step &what)
{
	if (is_retirement(what.what))
		return pg::qualified_name(what.partition);
	const std::string schema = pg::schema_name(pg::schema_of(what.parent));
	return pg::quoted_identifier(schema.c_str()) + "." + pg::quoted_identifier(what.name.c_str());
}

applied defer(const set &settings, const step &what, int tries)
{
	const std::string why = "a lock did not come within " + std::to_string(settings::lock_budget) + " ms";
	const std::string partition = partition_name(what);
	record({settings.root, action_name(what.what), partition, what.lower, what.upper, "deferred", tries, 0, "55P03", why, {}});
	return {what, partition, "deferred", why};
}

void count(const std::vector<applied> &results)
{
	for (const applied &one : results)
		count_action(action_name(one.what.what), one.outcome);
}

bool lock_for_creation(const std::vector<set> &levels)
{
	pg::vector<pg::lock_request> all;
	pg::rehearse([&] {
		for (const set &level : levels)
			for (const pg::lock_request &one : locks_of(level, {action::create}, pg::foreign_keys_of(level.parent)))
				all.push_back(one);
	});
	return pg::acquire_all(all, settings::lock_policy()).granted;
}

applied replace(const set &settings, const step &what, const request &asked)
{
	const bool referenced = !pg::foreign_keys_of(settings.parent).referencing.empty();
	const inherited from_old = inherited_of(settings, what.partition);
	run(settings, {action::drop, what.partition}, {}, referenced, asked);
	return carry_out(settings, what, from_old, referenced, asked, 1);
}

std::vector<applied> apply(const set &settings, const plan &steps, const request &asked)
{
	if (steps.empty())
		return {};
	pg::foreign_keys keys;
	pg::vector<pg::lock_request> wanted_locks;
	pg::rehearse([&] { // waits without the locks under which it looked
		keys = pg::foreign_keys_of(settings.parent);
		wanted_locks = locks_of(settings, steps.front(), keys);
	});
	std::vector<applied> results;
	TimestampTz granted_at = 0;
	const auto carry_out_all = [&](int tries) {
		granted_at = GetCurrentTimestamp();
		results = carry_out_behind_locks(settings, steps, asked, !keys.referencing.empty(), tries);
	};
	const TimestampTz asked_at = GetCurrentTimestamp();
	const pg::lock_outcome locks = lock_and(carry_out_all, wanted_locks, steps.front());
	count_locks(locks.tries, (locks.granted ? granted_at : GetCurrentTimestamp()) - asked_at);
	if (!locks.granted)
		return {defer(settings, steps.front(), locks.tries)};
	count(results);
	return results;
}

} // namespace partition
