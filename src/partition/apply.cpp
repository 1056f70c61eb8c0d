// apply.cpp: carrying out steps of a plan: lock, plan again, run, record.
//
// The statements run with the rights of the parent's owner, in a restricted
// context.  All locks are asked for beforehand, in the order parent, default,
// partition, other tables; that the statements then find them granted is the
// rule, and a lock_timeout on them the safety net.  A detach locks the tables
// that foreign keys point to before the parent: a busy application that
// updates one of them and then inserts here always has someone between the
// two, whom the parent's ACCESS EXCLUSIVE lock would keep from letting go.
#include "partition/apply.hpp"

#include "partition/build.hpp"
#include "partition/counters.hpp"
#include "partition/default_partition.hpp"
#include "partition/log.hpp"
#include "partition/retiring.hpp"
#include "partition/settings.hpp"
#include "pg/foreign_keys.hpp"
#include "pg/identity.hpp"
#include "pg/locking.hpp"
#include "pg/naming.hpp"

namespace partition {

namespace {

std::string lock_timeout_text()
{
	return std::to_string(settings::lock_timeout) + "ms";
}

pg::vector<pg::lock_request> locks_of(const set &settings, const step &what, const pg::foreign_keys &keys)
{
	const bool retires = is_retirement(what.what);
	pg::vector<pg::lock_request> locks;
	if (what.detached)
	{
		locks.push_back({what.partition, AccessExclusiveLock});
		return locks;
	}
	if (what.what == action::finalize)
	{
		locks.push_back({settings.parent, ShareUpdateExclusiveLock});
		locks.push_back({what.partition, AccessExclusiveLock});
		return locks;
	}
	const auto lock_referenced = [&] {
		for (const Oid table : keys.referenced)
			locks.push_back({table, ShareRowExclusiveLock});
	};
	if (retires && what.what != action::drop)
		lock_referenced();
	locks.push_back({settings.parent, retires ? AccessExclusiveLock : ShareUpdateExclusiveLock});
	if (const Oid default_partition = default_partition_of(settings.parent); OidIsValid(default_partition))
		for (const Oid table : pg::table_and_below(default_partition))
			locks.push_back({table, AccessExclusiveLock});
	if (retires)
		for (const Oid table : pg::table_and_below(what.partition))
			locks.push_back({table, AccessExclusiveLock});
	if (!retires)
		lock_referenced();
	for (const Oid table : keys.referencing)
		locks.push_back({table, retires ? AccessExclusiveLock : ShareRowExclusiveLock});
	return locks;
}

// Both plans are in the same order, so the search goes on where it stopped.
const step *find_from(const plan &planned, std::size_t &cursor, const step &wanted)
{
	for (std::size_t n = cursor; n < planned.size(); ++n)
		if (planned[n].same_as(wanted))
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
	pg::set_local("lock_timeout", lock_timeout_text().c_str());
	std::string command;
	if (is_retirement(what.what))
		execute(retirement_ddl_of(settings, what, referenced), command);
	else
		create(settings, what, from_parent, asked, command);
	return command;
}

applied carry_out(const set &settings, const step &what, const inherited &from_parent, bool referenced, const request &asked, int lock_tries)
{
	const TimestampTz begun = GetCurrentTimestamp();
	const std::string partition = partition_name(what);
	const std::string command = run(settings, what, from_parent, referenced, asked);
	const double seconds = static_cast<double>(GetCurrentTimestamp() - begun) / static_cast<double>(pg::usecs_per_second);
	if (what.detached)
		forget_retiring(what.partition);
	record({settings.root, action_name(what.what), partition, what.lower, what.upper, "done", lock_tries, seconds, {}, what.reason, command});
	return {what, partition, "done", what.reason};
}

// The set may have changed while the locks were waited for, a level been added.
std::optional<set> settings_under_lock(const set &before)
{
	const pg::latest_snapshot now;
	const std::optional<set_state> found = find_set(before.root);
	return found ? find_level(found->settings, before.parent) : std::nullopt;
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
	const pg::foreign_keys keys = pg::foreign_keys_of(settings.parent);
	const pg::lock_policy policy{settings::lock_timeout, settings::lock_pause, settings::lock_budget};
	const TimestampTz asked_at = GetCurrentTimestamp();
	const pg::lock_outcome locks = pg::acquire_all(locks_of(settings, steps.front(), keys), policy);
	count_locks(locks.tries, GetCurrentTimestamp() - asked_at);
	if (!locks.granted)
		return {defer(settings, steps.front(), locks.tries)};

	const std::optional<set> current = settings_under_lock(settings);
	if (!current)
		return {};
	request now = asked;
	now.made = is_retirement(steps.front().what);
	const plan planned = plan_level(*current, now).steps;
	const inherited from_parent = is_retirement(steps.front().what) ? inherited{} : inherited_of(*current);
	std::vector<applied> results;
	std::size_t cursor = 0;
	for (const step &wanted : steps)
	{
		pg::check_for_interrupts();
		if (const step *what = find_from(planned, cursor, wanted))
			results.push_back(carry_out(*current, *what, from_parent, !keys.referencing.empty(), asked, locks.tries));
	}
	return results;
}

} // namespace partition
