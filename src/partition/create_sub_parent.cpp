// create_sub_parent.cpp: one more level below a set.
//
// Settings are held against a scratch table, made like a partition with the
// new clause and dropped again: so everything that the server would refuse is
// refused before anything changes.  Partitions that are there already must be
// empty; each is made anew, whole, under its own name and bounds.  Whether one
// is empty is asked under its lock and with a snapshot taken after that: what
// was committed while the lock was waited for would otherwise be dropped.
#include <algorithm>

#include "partition/apply.hpp"
#include "partition/arguments.hpp"
#include "partition/room.hpp"
#include "partition/scratch.hpp"
#include "partition/settings.hpp"
#include "partition/tree.hpp"
#include "partition/validate.hpp"
#include "pg/foreign_keys.hpp"
#include "pg/identity.hpp"
#include "pg/library.hpp"
#include "pg/locking.hpp"
#include "pg/naming.hpp"
#include "pg/partition_clause.hpp"
#include "pg/rowset.hpp"
#include "pg/table_rows.hpp"

namespace partition {

namespace {

struct leaf {
	Oid parent;
	Oid partition;
	std::string name;
	std::string values;
};

// Partitions of the lowest level.  A default partition stays the leaf that it
// is.
std::vector<leaf> leaves_of(const set &whole)
{
	std::vector<leaf> leaves;
	for (const Oid parent : tables_of_level(whole, static_cast<int>(whole.levels.size()) + 1))
	{
		const pg::partition_table table(parent);
		for (int n = 0; n < table.bounded(); ++n)
			leaves.push_back({parent, table.partition(n), pg::relation_name(table.partition(n)), pg::bound_clause_of(table.partition(n))});
	}
	return leaves;
}

// Parents before their default and other partitions, these before the tables
// that foreign keys tie to them.
pg::vector<pg::lock_request> locks_of(const set &whole)
{
	pg::vector<pg::lock_request> locks;
	const int lowest = static_cast<int>(whole.levels.size()) + 1;
	for (int level = 1; level <= lowest; ++level)
		for (const Oid table : tables_of_level(whole, level))
			locks.push_back({table, level < lowest ? ShareUpdateExclusiveLock : AccessExclusiveLock});
	for (const Oid table : tables_of_level(whole, lowest))
		if (const Oid default_partition = pg::partition_table(table).default_partition(); OidIsValid(default_partition))
			locks.push_back({default_partition, AccessExclusiveLock});
	for (const leaf &one : leaves_of(whole))
		locks.push_back({one.partition, AccessExclusiveLock});
	const pg::foreign_keys keys = pg::foreign_keys_of(whole.parent);
	for (const Oid table : keys.referenced)
		locks.push_back({table, ShareRowExclusiveLock});
	for (const Oid table : keys.referencing)
		locks.push_back({table, AccessExclusiveLock});
	return locks;
}

bool is_subset(const pg::vector<pg::lock_request> &locks, const pg::vector<pg::lock_request> &held)
{
	return std::all_of(locks.begin(), locks.end(), [&](const pg::lock_request &wanted) {
		return std::any_of(held.begin(), held.end(), [&](const pg::lock_request &one) { return one.relation == wanted.relation; });
	});
}

pg::failure locks_missing(const set &whole)
{
	return {ERRCODE_LOCK_NOT_AVAILABLE, "could not lock \"" + pg::qualified_name(whole.parent) + "\" and its partitions",
			"A lock did not come within " + std::to_string(settings::lock_budget) + " ms.",
			"Try again when no long transaction works on the table, or raise mosaic.lock_budget."};
}

// Until nothing is there that was not there when the locks were asked for.
// What is held is waited behind, so each round has one try; where it fails, so
// does the try of those before.
void lock_the_rest(const set &whole, pg::vector<pg::lock_request> held)
{
	for (pg::vector<pg::lock_request> locks = locks_of(whole); !is_subset(locks, held); locks = locks_of(whole))
	{
		if (!pg::acquire_all(locks, {settings::lock_timeout, 0, 0}).granted)
			throw locks_missing(whole);
		held = locks;
	}
}

// Two RANGE or LIST levels of one key would hardly ever meet, and a second HASH
// of one key divides nothing.
void require_own_key(const set &level, const set &whole)
{
	const bool hash = level.strategy == "hash";
	const std::string key = pg::partition_key_text(level.parent);
	for (int n = 1; n <= static_cast<int>(whole.levels.size()) + 1; ++n)
	{
		const set &above = n == 1 ? whole : whole.levels[n - 2];
		const Oid table = first_table_of_level(whole.parent, n, above.strategy);
		if ((above.strategy == "hash") == hash && OidIsValid(table) && pg::partition_key_text(table) == key)
			throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "\"" + key + "\" is the key of a level above",
							  "Level " + std::to_string(n) + " is partitioned by " + pg::upper_case(above.strategy) + " (" + key + ").",
							  hash ? "Use another column." : "Use another column, or HASH; for narrower partitions change partition_interval.");
	}
}

// What is wanted of the new level, and how many partitions that makes below
// each partition.
struct checked_level {
	set settings;
	std::size_t partitions;
};

// The set's settings and clause checked on a table like its future parents.
checked_level check(set level, const set &whole, const request &asked)
{
	const Oid like = table_above(whole, static_cast<int>(whole.levels.size()) + 2);
	const pg::acting_as owner(pg::owner_of(like));
	level.parent = make_scratch_table(like, level.partition_by);
	level.root = whole.parent;
	level.depth = static_cast<int>(whole.levels.size()) + 2;
	require_manageable(level.parent);
	set_strategy(level, pg::partition_table(level.parent).strategy());
	require_own_key(level, whole);
	validate(level);
	if (level.start_at)
		level.start_at = range_set(level).start_text();
	const std::size_t partitions = plan_level(level, asked).steps.size();
	level.partition_by = pg::partition_clause_of(level.parent);
	drop_scratch_table(level.parent);
	return {level, partitions};
}

// Partitions that the level is to be made in.  Those that have it, since
// somebody made them so, are kept.
std::vector<leaf> leaves_to_rebuild(const set &whole, const std::string &clause)
{
	std::vector<leaf> leaves;
	std::string in_the_way;
	for (leaf &one : leaves_of(whole))
	{
		pg::check_for_interrupts();
		const bool partitioned = pg::is_partitioned(one.partition);
		if (partitioned && pg::partition_clause_of(one.partition) == clause)
			continue;
		if (partitioned || pg::estimated_rows(one.partition) > 0)
			in_the_way += (in_the_way.empty() ? "" : ", ") + pg::qualified_name(one.partition);
		leaves.push_back(std::move(one));
	}
	if (!in_the_way.empty())
		throw pg::failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "partitions with rows, or partitioned otherwise, cannot be given a level",
						  "These would have to be rebuilt: " + in_the_way + ".",
						  "Detach them, add the level, and insert their rows again; or add the level before the first rows.");
	return leaves;
}

std::vector<applied> add_level_behind_locks(set whole, const set &level, const request &asked)
{
	const pg::latest_snapshot now;
	const checked_level checked = check(level, whole, asked);
	const std::vector<leaf> leaves = leaves_to_rebuild(whole, checked.settings.partition_by);
	require_room(whole.parent, leaves.size() * (checked.partitions + 1));
	insert_level(checked.settings, whole.parent, checked.settings.depth);
	whole.levels.push_back(checked.settings);

	std::vector<applied> rebuilt;
	for (const leaf &old : leaves)
	{
		step what{action::create, old.partition, old.name, {}, {}, old.values, "is partitioned further from now on"};
		what.parent = old.parent;
		rebuilt.push_back(replace(level_of(whole, old.parent), what, asked));
	}
	return rebuilt;
}

std::vector<applied> add_level(const set &whole, const set &level, const request &asked)
{
	std::vector<applied> rebuilt;
	const pg::vector<pg::lock_request> locks = locks_of(whole);
	const auto work = [&](int) {
		lock_the_rest(whole, locks);
		rebuilt = add_level_behind_locks(whole, level, asked);
	};
	if (!pg::work_behind(locks, settings::lock_policy(), work).granted)
		throw locks_missing(whole);
	count(rebuilt);
	return rebuilt;
}

} // namespace

PG_FUNCTION(mosaic_create_sub_parent)
{
	pg::require_same_series();
	const pg::arguments arguments(fcinfo);
	arguments.require(0, "parent");
	arguments.require(1, "partition_by");
	const Oid parent = arguments.oid(0);
	set level = settings_of(arguments, 2);
	level.partition_by = arguments.text(1);
	const request asked{reference_time_of(arguments, 2), false, false, true};
	require_primary("mosaic.create_sub_parent()");
	pg::require_relation(parent);
	pg::require_ownership(parent);
	pg::require_partition_clause(level.partition_by);
	const set whole = lock_set(parent);
	pg::rowset rows(fcinfo);
	for (const applied &one : add_level(whole, level, asked))
		rows.add({pg::regclass_value(pg::relation_named(pg::schema_of(one.what.parent), one.what.name)), pg::text_value(one.what.values)});
	return Datum(0);
}

} // namespace partition
