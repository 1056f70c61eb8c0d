// exclusion.cpp: telling ATTACH what is not in the default partition.
#include "partition/exclusion.hpp"

#include "partition/build.hpp"
#include "partition/default_partition.hpp"
#include "partition/settings.hpp"
#include "pg/constraint.hpp"
#include "pg/hierarchy.hpp"
#include "pg/identity.hpp"
#include "pg/locking.hpp"
#include "pg/naming.hpp"
#include "pg/partition_condition.hpp"

namespace partition {

namespace {

constexpr const char *name = "mosaic_excluded";
// Reading less than this is over in a few milliseconds.
constexpr int64 pages_worth_it = 1024;
constexpr int most_excluded = 1000;

std::string alter(Oid table)
{
	return "ALTER TABLE " + pg::qualified_name(table) + " ";
}

std::string add_constraint(Oid default_partition, const std::string &condition)
{
	return alter(default_partition) + "ADD CONSTRAINT " + name + " CHECK (" + condition + ") NOT VALID";
}

std::string drop_constraint(Oid default_partition)
{
	return alter(default_partition) + "DROP CONSTRAINT " + name;
}

} // namespace

bool exclude_from_default(Oid parent, const step &what, std::string &command)
{
	const Oid default_partition = default_partition_of(parent);
	if (what.what != action::create || !OidIsValid(default_partition) || !pg::tree_has_rows(default_partition) ||
		pg::has_constraint(default_partition, name) || !key_is_indexed(parent, default_partition))
		return false;
	const std::string condition = pg::partition_condition(parent, what.values);
	if (default_holds(parent, default_partition, condition))
		throw blocked_by_default(what, default_partition);
	exclude_emptied(parent, condition, command);
	return true;
}

void exclude_emptied(Oid parent, const std::string &condition, std::string &command)
{
	const Oid default_partition = default_partition_of(parent);
	if (pg::has_constraint(default_partition, name))
		execute({drop_constraint(default_partition)}, command);
	execute({add_constraint(default_partition, "NOT (" + condition + ")")}, command);
	pg::assume_valid(default_partition, name);
}

void end_exclusion(Oid parent, std::string &command)
{
	execute({drop_constraint(default_partition_of(parent))}, command);
}

bool is_excluding(Oid parent)
{
	const Oid default_partition = default_partition_of(parent);
	return OidIsValid(default_partition) && pg::has_constraint(default_partition, name);
}

// The conditions of the steps, as one CHECK.
static std::string none_of(const plan &steps)
{
	std::string condition;
	int taken = 0;
	for (const step &what : steps)
		if (++taken <= most_excluded)
			condition += (condition.empty() ? "NOT (" : " AND NOT (") + pg::partition_condition(what.parent, what.values) + ")";
	return condition;
}

static bool lock_default(Oid default_partition, LOCKMODE mode)
{
	pg::vector<pg::lock_request> locks;
	for (const Oid table : pg::table_and_below(default_partition))
		locks.push_back({table, mode});
	return pg::acquire_all(locks, settings::lock_policy()).granted;
}

static plan steps_worth_it(const set &settings, const plan &steps)
{
	const Oid default_partition = default_partition_of(settings.parent);
	plan kept;
	if (!OidIsValid(default_partition) || pg::tree_pages(default_partition) < pages_worth_it || key_is_indexed(settings.parent, default_partition))
		return kept;
	for (const step &what : steps)
		if (what.what == action::create && what.parent == settings.parent)
			kept.push_back(what);
	take_blocked(kept);
	return kept;
}

static bool add_exclusion(const set &settings, const plan &steps)
{
	const plan about = steps_worth_it(settings, steps);
	const Oid default_partition = about.empty() ? InvalidOid : default_partition_of(settings.parent);
	if (about.empty() || !lock_default(default_partition, AccessExclusiveLock))
		return false;
	const pg::acting_as owner(pg::owner_of(settings.parent));
	std::string command;
	if (pg::has_constraint(default_partition, name))
		execute({drop_constraint(default_partition)}, command);
	execute({add_constraint(default_partition, none_of(about))}, command);
	return true;
}

static void validate(const set &settings)
{
	const Oid default_partition = default_partition_of(settings.parent);
	if (!lock_default(default_partition, ShareUpdateExclusiveLock))
		return;
	const pg::acting_as owner(pg::owner_of(settings.parent));
	std::string command;
	execute({alter(default_partition) + "VALIDATE CONSTRAINT " + name}, command);
}

// What goes wrong here costs ATTACH its proof, and nothing else.
template <typename Work>
static bool in_transaction(pg::transaction_driver &driver, const set &settings, Work &&work)
{
	bool done = false;
	driver.begin();
	const ErrorData *error = pg::attempt([&] { done = work(); });
	if (error != nullptr)
		pg::notice(LOG, ("could not exclude rows from the default partition of " + pg::qualified_name(settings.parent) + ": " + error->message).c_str(),
				   error->detail, error->hint, error->sqlerrcode);
	driver.commit();
	return done;
}

bool exclude_ahead(pg::transaction_driver &driver, const set &settings, const plan &steps)
{
	if (steps.empty() || !in_transaction(driver, settings, [&] { return add_exclusion(settings, steps); }))
		return false;
	in_transaction(driver, settings, [&] {
		validate(settings);
		return true;
	});
	return true;
}

void lift_exclusion(pg::transaction_driver &driver, const set &settings)
{
	in_transaction(driver, settings, [&] {
		const Oid default_partition = default_partition_of(settings.parent);
		if (!is_excluding(settings.parent) || !lock_default(default_partition, AccessExclusiveLock))
			return false;
		const pg::acting_as owner(pg::owner_of(settings.parent));
		std::string command;
		end_exclusion(settings.parent, command);
		return true;
	});
}

} // namespace partition
