// create_sub_parent.cpp: one more level below a set.
//
// Settings are held against a scratch table, made like a partition with the
// new clause and dropped again: so everything that the server would refuse is
// refused before anything changes.  Partitions that are there already must be
// empty; each is made anew, whole, under its own name and bounds.
#include "partition/apply.hpp"
#include "partition/arguments.hpp"
#include "partition/name.hpp"
#include "partition/settings.hpp"
#include "partition/validate.hpp"
#include "pg/identity.hpp"
#include "pg/locking.hpp"
#include "pg/naming.hpp"
#include "pg/partition_clause.hpp"
#include "pg/rowset.hpp"
#include "pg/table_rows.hpp"

namespace partition {

namespace {

// Tables whose partitions are the set's leaves now.
void collect_lowest_parents(Oid parent, std::size_t levels, std::vector<Oid> &parents)
{
	if (levels == 0)
	{
		parents.push_back(parent);
		return;
	}
	const pg::partition_table table(parent);
	for (int n = 0; n < table.count(); ++n)
		if (!table.leaf(n))
			collect_lowest_parents(table.partition(n), levels - 1, parents);
}

struct leaf {
	Oid parent;
	Oid partition;
	std::string name;
	std::string values;
};

// A default partition stays the leaf that it is.
std::vector<leaf> leaves_of(const std::vector<Oid> &parents)
{
	std::vector<leaf> leaves;
	for (const Oid parent : parents)
	{
		const pg::partition_table table(parent);
		for (int n = 0; n < table.bounded(); ++n)
			leaves.push_back({parent, table.partition(n), pg::relation_name(table.partition(n)), pg::bound_clause_of(table.partition(n))});
	}
	return leaves;
}

void require_empty(const std::vector<leaf> &leaves)
{
	std::string names;
	int count = 0;
	for (const leaf &one : leaves)
	{
		pg::check_for_interrupts();
		if (pg::is_partitioned(one.partition) || pg::estimated_rows(one.partition) > 0)
			names += (++count > 1 ? ", " : "") + pg::qualified_name(one.partition);
	}
	if (count > 0)
		throw pg::failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "partitions with rows cannot be partitioned further",
						  "These would have to be rebuilt: " + names + ".",
						  "Detach them, add the level, and insert their rows again; or add the level before the first rows.");
}

// The set's settings and clause checked on a table like its future parents.
set checked_level(set level, const set &lowest)
{
	const pg::acting_as owner(pg::owner_of(lowest.parent));
	const std::string name = free_name(lowest.parent, "{parent}_{bound}", "level");
	const std::string scratch = pg::quoted_identifier(pg::schema_name(pg::schema_of(lowest.parent)).c_str()) + "." + pg::quoted_identifier(name.c_str());
	pg::spi().execute("CREATE TABLE " + scratch + " (LIKE " + pg::qualified_name(lowest.parent) + " INCLUDING ALL EXCLUDING IDENTITY) PARTITION BY " +
					  level.partition_by);
	level.parent = level.root = pg::relation_named(pg::schema_of(lowest.parent), name);
	require_manageable(level.parent);
	{
		const pg::partition_table table(level.parent);
		level.strategy = strategy_name(table.strategy());
	}
	validate(level);
	if (level.start_at)
		level.start_at = range_set(level).start_text();
	level.partition_by = pg::partition_clause_of(level.parent);
	pg::spi().execute("DROP TABLE " + scratch);
	return level;
}

void require_locks(const set &whole, const std::vector<leaf> &leaves)
{
	pg::vector<pg::lock_request> locks;
	locks.push_back({whole.parent, AccessExclusiveLock});
	for (const leaf &one : leaves)
	{
		if (locks.back().relation != one.parent)
			locks.push_back({one.parent, AccessExclusiveLock});
		locks.push_back({one.partition, AccessExclusiveLock});
	}
	const pg::lock_policy policy{settings::lock_timeout, settings::lock_pause, settings::lock_budget};
	if (!pg::acquire_all(locks, policy).granted)
		throw pg::failure(ERRCODE_LOCK_NOT_AVAILABLE, "could not lock \"" + pg::qualified_name(whole.parent) + "\" and its partitions",
						  "A lock did not come within " + std::to_string(settings::lock_budget) + " ms.",
						  "Try again when no long transaction works on the table, or raise mosaic.lock_budget.");
}

applied rebuild(const set &whole, const leaf &old, const request &asked)
{
	{
		const pg::acting_as owner(pg::owner_of(whole.parent));
		pg::spi().execute("DROP TABLE " + pg::qualified_name(old.partition));
	}
	step what{action::create, InvalidOid, old.name, {}, {}, old.values, "is partitioned further from now on"};
	what.parent = old.parent;
	return carry_out(level_of(whole, old.parent), what, asked);
}

} // namespace

PG_FUNCTION(mosaic_create_sub_parent)
{
	const pg::arguments arguments(fcinfo);
	arguments.require(0, "parent");
	arguments.require(1, "partition_by");
	const Oid parent = arguments.oid(0);
	pg::require_relation(parent);
	pg::require_ownership(parent);
	set whole = require_set(parent).settings;

	set level = settings_of(arguments, 2);
	level.partition_by = arguments.text(1);
	pg::require_partition_clause(level.partition_by);
	std::vector<Oid> lowest;
	collect_lowest_parents(parent, whole.levels.size(), lowest);
	std::vector<leaf> leaves = leaves_of(lowest);
	require_locks(whole, leaves);
	leaves = leaves_of(lowest);
	require_empty(leaves);
	const set lowest_level = lowest.empty() ? whole : level_of(whole, lowest.front());
	level = checked_level(level, lowest_level);
	insert_level(level, parent, static_cast<int>(whole.levels.size()) + 2);
	whole.levels.push_back(level);

	pg::rowset rows(fcinfo);
	const request asked{reference_time_of(arguments, 2)};
	for (const leaf &old : leaves)
	{
		const applied made = rebuild(whole, old, asked);
		rows.add({pg::regclass_value(pg::relation_named(pg::schema_of(old.parent), made.what.name)), pg::text_value(old.values)});
	}
	return Datum(0);
}

} // namespace partition
