// retiring.cpp: retirement by DETACH CONCURRENTLY.
#include "partition/retiring.hpp"

#include "partition/ddl.hpp"
#include "partition/ledger.hpp"
#include "partition/settings.hpp"
#include "pg/foreign_keys.hpp"
#include "pg/identity.hpp"
#include "pg/latch.hpp"
#include "pg/locking.hpp"
#include "pg/spi.hpp"
#include "pg/toplevel.hpp"

namespace partition {

namespace {

constinit pg::statement insert_retiring("INSERT INTO mosaic.retiring_partition (partition, parent, root, action, lower_bound, upper_bound) "
										"VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (partition) DO NOTHING");
constinit pg::statement delete_retiring("DELETE FROM mosaic.retiring_partition WHERE partition = $1");
constinit pg::statement select_retiring("SELECT partition, action, lower_bound, upper_bound FROM mosaic.retiring_partition "
										"WHERE parent = $1 ORDER BY since, partition");

action action_of(const std::string &name)
{
	if (name == action_name(action::drop))
		return action::drop;
	return name == action_name(action::move) ? action::move : action::detach;
}

bool may_be_dropped(const set &settings, Oid partition)
{
	const leaving out = leaving_from(settings);
	const departure *one = out.find(partition);
	return one != nullptr && one->verified && is_intact(*one);
}

// The statement waits for every transaction that holds the parent, with the
// worker's other sets behind it.  So the long ones are waited for beforehand,
// within the budget; those that begin meanwhile are young.
bool wait_for_holders(Oid parent)
{
	const TimestampTz begun = GetCurrentTimestamp();
	const pg::lock_holders holders(parent);
	while (!holders.all_ended())
	{
		if (TimestampDifferenceExceeds(begun, GetCurrentTimestamp(), settings::lock_budget))
			return false;
		pg::pause(settings::lock_pause);
	}
	return true;
}

} // namespace

void remember_retiring(const set &settings, const step &what)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi().execute(insert_retiring, {pg::regclass_value(what.partition), pg::regclass_value(settings.parent), pg::regclass_value(settings.root),
										pg::text_value(action_name(what.what)), pg::text_value(what.lower), pg::text_value(what.upper)});
}

void forget_retiring(Oid partition)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi().execute(delete_retiring, {pg::regclass_value(partition)});
}

plan plan_resumption(const set &settings)
{
	plan steps;
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute(select_retiring, {pg::regclass_value(settings.parent)}, pg::spi::access::read_latest);
	for (uint64 n = 0; n < spi.size(); ++n)
	{
		const pg::row row = spi[n];
		const Oid partition = row.oid(1);
		step what{action_of(row.text(2)), partition, {}, row.text(3), row.text(4), {}, "was being retired"};
		if (!OidIsValid(pg::owner_of(partition)))
			continue; // gone; what is left of it is forgotten with the next change
		const Oid parent = pg::parent_of(partition);
		if (OidIsValid(parent) && parent != settings.parent)
			continue; // somebody gave it another parent
		if (OidIsValid(parent))
		{
			if (!pg::detach_pending(partition))
				continue; // never began, or was attached again: planned afresh
			what.what = action::finalize;
		}
		else
		{
			what.detached = true;
			// Decided before the set was to archive, or written to since.
			if (what.what == action::drop && settings.retention_action == "archive" && !may_be_dropped(settings, partition))
				what.what = action::detach;
		}
		steps.push_back(std::move(what));
	}
	return steps;
}

bool can_detach_concurrently(const set &settings, const step &what)
{
	if (what.detached || !removes(what.what))
		return false;
	const pg::foreign_keys keys = pg::foreign_keys_of(settings.parent);
	return keys.referenced.empty() && keys.referencing.empty() && !OidIsValid(pg::partition_table(settings.parent).default_partition());
}

detach_outcome detach_concurrently(pg::transaction_driver &driver, const set &settings, const step &what)
{
	if (!wait_for_holders(settings.parent))
		return {true, nullptr};
	driver.begin();
	remember_retiring(settings, what);
	const std::string command = detach_command(settings.parent, what.partition) + " CONCURRENTLY";
	const Oid owner = pg::owner_of(settings.parent);
	driver.commit();
	return {false, pg::attempt_at_top_level(command, owner)};
}

} // namespace partition
