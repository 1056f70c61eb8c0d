// drain_move.cpp: rows from a default partition into one of their own.
//
// Whatever snapshot somebody reads with, at whatever time, a row must be there
// once.  So its copy and its deletion, and the bound that sends readers from
// the one to the other, belong to one transaction.  Copying beforehand, with a
// trigger that catches changes, does not do: a transaction whose snapshot lies
// between the copy and the deletion would see the row twice.  What remains is
// a transaction that took its snapshot before and looks for the row, by its
// key, afterwards; it is told to begin anew (pg/older_snapshots.hpp).
//
// Nor may a reader have chosen its tables before and its snapshot after.  A
// query locks the parent before it looks which partitions there are, so the
// parent is locked ACCESS EXCLUSIVE: nobody is between the two, no writer
// holds a row that is to move, and one that waits plans anew and finds the row
// in its new place.  No change is lost and none fails; a transaction with an
// older snapshot that changes a moved row gets a serialization failure, as
// after any change by another.
//
// All of that lasts as long as the rows take, which is why there are batches;
// the new table, its indexes and its constraint are made before the locks are
// asked for.  A range with more rows than a batch is moved from its
// lower end: the partition first ends where the batch does, and to take the
// next one it is detached, filled and attached with a higher bound within the
// transaction.  What has been shown of its rows, and of the default's, makes
// that a change of the catalog and not a scan.
//
// A crash, at any time, undoes the transaction and with it every trace.
#include "partition/drain_move.hpp"

#include "partition/build.hpp"
#include "partition/default_partition.hpp"
#include "partition/exclusion.hpp"
#include "partition/growing.hpp"
#include "partition/settings.hpp"
#include "pg/constraint.hpp"
#include "pg/foreign_keys.hpp"
#include "pg/identity.hpp"
#include "pg/locking.hpp"
#include "pg/moved_rows.hpp"
#include "pg/naming.hpp"
#include "pg/older_snapshots.hpp"
#include "pg/partition_condition.hpp"

namespace partition {

namespace {

constexpr const char *bound_constraint = "mosaic_bound";

// Generated columns are generated again.
constinit pg::statement copied_columns("SELECT attname::text FROM pg_catalog.pg_attribute "
									   "WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum");

std::string columns_of(Oid table)
{
	pg::spi spi;
	spi.execute(copied_columns, {pg::oid_value(table)}, pg::spi::access::read_latest);
	std::string columns;
	for (uint64 n = 0; n < spi.size(); ++n)
		columns += (columns.empty() ? "" : ", ") + pg::quoted_identifier(spi[n].text(1).c_str());
	return columns;
}

// Tables that are referenced come before the parent, as for a detach.
pg::vector<pg::lock_request> locks_of(const set &level, Oid default_partition, Oid growing)
{
	const pg::foreign_keys keys = pg::foreign_keys_of(level.parent);
	pg::vector<pg::lock_request> locks;
	for (const Oid table : keys.referenced)
		locks.push_back({table, OidIsValid(growing) ? AccessExclusiveLock : ShareRowExclusiveLock});
	locks.push_back({level.parent, AccessExclusiveLock});
	for (const Oid table : pg::table_and_below(default_partition))
		locks.push_back({table, AccessExclusiveLock});
	if (OidIsValid(growing))
		for (const Oid table : pg::table_and_below(growing))
			locks.push_back({table, AccessExclusiveLock});
	for (const Oid table : keys.referencing)
		locks.push_back({table, ShareRowExclusiveLock});
	return locks;
}

// Work and the locks that it needs, or 55P03.
void require_locks(const set &level, const pg::vector<pg::lock_request> &locks, const std::function<void(int tries)> &work)
{
	const pg::lock_policy policy = settings::lock_policy();
	if (!pg::work_behind(locks, policy, work).granted)
		throw pg::failure(ERRCODE_LOCK_NOT_AVAILABLE, "could not lock \"" + pg::qualified_name(level.parent) + "\" to drain its default partition",
						  "A lock did not come within " + std::to_string(settings::lock_budget) + " ms.",
						  "Try again when no long transaction works on the table, or raise mosaic.lock_budget.");
}

std::string alter(Oid table)
{
	return "ALTER TABLE " + pg::qualified_name(table) + " ";
}

std::string add_bound(Oid table, const std::string &condition)
{
	return alter(table) + "ADD CONSTRAINT " + bound_constraint + " CHECK (" + condition + ")";
}

// One statement copies, another deletes: nobody else is in the tables.
int64 transfer(Oid from, Oid to, const std::string &condition, std::string &command)
{
	const std::string source = pg::qualified_name(from);
	const std::string columns = columns_of(from);
	const std::string copy = "INSERT INTO " + pg::qualified_name(to) + " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT " + columns + " FROM " +
							 source + " WHERE " + condition;
	pg::spi spi;
	const uint64 copied = spi.execute(copy);
	command += " " + copy + ";";
	const pg::latest_snapshot now;
	spi.execute("SELECT tableoid, ctid FROM " + source + " WHERE " + condition + " ORDER BY 1, 2", {}, pg::spi::access::read_only);
	if (spi.size() != copied)
		throw pg::failure(ERRCODE_DATA_EXCEPTION, "not every row of \"" + source + "\" has been copied",
						  std::to_string(copied) + " of " + std::to_string(spi.size()) + " rows are in \"" + pg::qualified_name(to) + "\".",
						  "Look for triggers or rules of that table.");
	pg::delete_moved_rows(spi);
	return static_cast<int64>(copied);
}

void hide_from_older_snapshots(Oid partition)
{
	for (const Oid table : pg::table_and_below(partition))
		if (!pg::keep_older_snapshots_from(table))
			throw pg::failure(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED, "too many tables that older snapshots must not read",
							  "A transaction is older than the steps of this drain.", "Try again when it has ended.");
}

Oid table_named(const set &level, const std::string &name)
{
	return pg::relation_named(pg::schema_of(level.parent), name);
}

// What a chunk's statements are made of.
struct script {
	const set &level;
	const chunk &what;
	const inherited from_parent;
	const creation_ddl sql;
	const std::string bound;
	const Oid default_partition;
};

void make_target(const script &of, TimestampTz reference_time, std::string &command)
{
	build(of.level, of.sql, of.what.what, of.from_parent, {reference_time}, command);
	execute({add_bound(table_named(of.level, of.what.what.name), of.bound)}, command);
}

moved move_behind_locks(const script &of, const std::string &command, int lock_tries)
{
	const TimestampTz granted = GetCurrentTimestamp();
	const Oid partition = table_named(of.level, of.what.what.name);
	const Oid parent = of.level.parent;
	moved done{};
	done.lock_tries = lock_tries;
	done.command = command;
	if (OidIsValid(of.what.growing))
	{
		// It has the rows of its old bound, and those have the new one.
		execute({detach_command(parent, partition), add_bound(partition, of.bound) + " NOT VALID"}, done.command);
		pg::assume_valid(partition, bound_constraint);
		// A trigger that waits for the end could not be fired from here.
		execute({"SET CONSTRAINTS ALL IMMEDIATE"}, done.command);
	}
	// What lies below, where the partition grows, the default has had to refuse.
	done.rows = transfer(of.default_partition, partition, of.what.condition, done.command);
	exclude_emptied(parent, of.bound, done.command);
	place(of.level, of.sql.place, of.what.what, of.from_parent, done.command);
	end_exclusion(parent, done.command);
	execute({alter(partition) + "DROP CONSTRAINT " + bound_constraint}, done.command);
	hide_from_older_snapshots(partition);
	done.locked = GetCurrentTimestamp() - granted;
	done.waited_for = pg::is_waited_for(parent);
	return done;
}

} // namespace

moved move_rows(const set &level, const chunk &what, TimestampTz reference_time)
{
	const inherited from_parent = inherited_of(level);
	const script of{level,
					what,
					from_parent,
					creation_ddl_of(level, what.what, from_parent, with_indexes::yes),
					pg::partition_condition(level.parent, what.what.values),
					default_partition_of(level.parent)};
	const pg::acting_as owner(pg::owner_of(level.parent));
	pg::set_local("row_security", "off"); // a policy that hides rows is an error, not rows forgotten
	std::string command;
	if (!OidIsValid(what.growing))
		require_locks(level, {}, [&](int) {
			command.clear();
			make_target(of, reference_time, command);
		});
	moved done{};
	require_locks(level, locks_of(level, of.default_partition, what.growing), [&](int tries) { done = move_behind_locks(of, command, tries); });
	return done;
}

} // namespace partition
