// split_remainder.cpp: one partition of a HASH table becomes several.
//
// All in one transaction, so that whoever looks sees each row once.  The
// server itself says which row goes where: the new partitions are first
// attached to a router, a table partitioned like the parent that has no
// triggers, foreign keys or indexes, and the rows inserted there.  Then they
// take the place of the old partition; their indexes are built as they arrive.
#include "partition/split_remainder.hpp"

#include "partition/apply.hpp"
#include "partition/build.hpp"
#include "partition/extended_statistics.hpp"
#include "partition/log.hpp"
#include "partition/name.hpp"
#include "partition/room.hpp"
#include "partition/settings.hpp"
#include "pg/foreign_keys.hpp"
#include "pg/identity.hpp"
#include "pg/locking.hpp"
#include "pg/naming.hpp"
#include "pg/partition_clause.hpp"

namespace partition {

namespace {

constinit pg::statement stored_columns(
	"SELECT pg_catalog.string_agg(pg_catalog.quote_ident(attname), ', ' ORDER BY attnum) FROM pg_catalog.pg_attribute "
	"WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND attgenerated = ''");

// Runs statements and keeps them for the log.
class script {
public:
	uint64 run(const std::string &sql)
	{
		command_ += (command_.empty() ? "" : " ") + sql + ";";
		return pg::spi().execute(sql);
	}
	void run(const std::vector<std::string> &statements)
	{
		for (const std::string &sql : statements)
			run(sql);
	}
	const std::string &command() const { return command_; }

private:
	std::string command_;
};

// Work and the locks that it needs, or 55P03.
void require_locks(const set &level, Oid partition, const std::function<void(int tries)> &work)
{
	pg::vector<pg::lock_request> locks;
	for (const Oid table : pg::foreign_keys_of(level.parent).referenced)
		locks.push_back({table, ShareRowExclusiveLock});
	locks.push_back({level.parent, AccessExclusiveLock});
	locks.push_back({partition, AccessExclusiveLock});
	if (pg::work_behind(locks, settings::lock_policy(), work).granted)
		return;
	throw pg::failure(ERRCODE_LOCK_NOT_AVAILABLE, "could not lock \"" + pg::qualified_name(level.parent) + "\" to divide a partition",
					  "A lock did not come within " + std::to_string(settings::lock_budget) + " ms; what was divided before stays.",
					  "Call it again when no long transaction works on the table, or raise mosaic.lock_budget.");
}

std::optional<pg::hash_bound> bound_of(Oid parent, Oid partition)
{
	const pg::partition_table table(parent);
	for (int n = 0; n < table.count(); ++n)
		if (table.partition(n) == partition)
			return table.hash(n);
	return std::nullopt;
}

step finer_step(const set &level, int modulus, int remainder, const names &planned)
{
	step what{action::create, InvalidOid, free_name(level.parent, level.name_pattern, std::to_string(remainder), planned)};
	what.values = "FOR VALUES WITH (MODULUS " + std::to_string(modulus) + ", REMAINDER " + std::to_string(remainder) + ")";
	what.parent = level.parent;
	return what;
}

std::string columns_of(Oid table)
{
	pg::spi spi;
	spi.execute(stored_columns, {pg::oid_value(table)}, pg::spi::access::read_latest);
	return spi[0].text(1);
}

std::string beside(Oid parent, const std::string &name)
{
	return pg::quoted_identifier(pg::schema_name(pg::schema_of(parent)).c_str()) + "." + pg::quoted_identifier(name.c_str());
}

// The router is dropped with nothing in it.
void move_rows(script &sql, Oid parent, const std::string &old, const std::vector<step> &finer)
{
	const std::string router = beside(parent, free_name(parent, "{parent}_{bound}", "router"));
	sql.run("CREATE TABLE " + router + " (LIKE " + pg::qualified_name(parent) + " INCLUDING GENERATED) PARTITION BY " + pg::partition_clause_of(parent));
	for (const step &what : finer)
		sql.run("ALTER TABLE " + router + " ATTACH PARTITION " + partition_name(what) + " " + what.values);
	const std::string columns = columns_of(parent);
	const uint64 moved = sql.run("INSERT INTO " + router + " (" + columns + ") SELECT " + columns + " FROM " + old);
	pg::spi count;
	count.execute("SELECT pg_catalog.count(*) FROM " + old);
	if (count[0].int8(1) != static_cast<int64>(moved))
		throw pg::failure(ERRCODE_DATA_EXCEPTION, "not every row of \"" + old + "\" could be moved",
						  std::to_string(moved) + " of " + std::to_string(count[0].int8(1)) + " rows arrived; nothing was changed.");
	for (const step &what : finer)
		sql.run("ALTER TABLE " + router + " DETACH PARTITION " + partition_name(what));
	sql.run("DROP TABLE " + router);
}

// The name of the old partition is its remainder's, and free now.
void take_name(script &sql, const set &level, const std::string &freed, int remainder, step &what)
{
	const std::string name = free_name(level.parent, level.name_pattern, std::to_string(remainder));
	if (name != freed)
		return;
	sql.run("ALTER TABLE " + partition_name(what) + " RENAME TO " + pg::quoted_identifier(name.c_str()));
	what.name = name;
}

void divide(script &sql, const set &level, Oid partition, const pg::hash_bound &bound, int modulus)
{
	const inherited from_old = inherited_of(level, partition);
	const pg::acting_as owner(pg::owner_of(level.parent));
	pg::set_local("row_security", "off"); // an error, not a row left behind
	const std::string old = pg::qualified_name(partition);
	const std::string old_name = pg::relation_name(partition);

	std::vector<step> finer;
	names planned;
	for (int remainder = bound.remainder; remainder < modulus; remainder += bound.modulus)
	{
		pg::check_for_interrupts();
		finer.push_back(finer_step(level, modulus, remainder, planned));
		planned.insert(finer.back().name);
		sql.run(creation_ddl_of(level, finer.back(), from_old).table);
		sql.run(statistics_targets_ddl(level.parent, pg::relation_named(pg::schema_of(level.parent), finer.back().name)));
	}
	move_rows(sql, level.parent, old, finer);
	sql.run("DROP TABLE " + old);
	take_name(sql, level, old_name, bound.remainder, finer.front());
	for (const step &what : finer)
	{
		sql.run(creation_ddl_of(level, what, from_old).place);
		if (OidIsValid(from_old.identity_index))
			sql.run(identity_index_ddl(pg::relation_named(pg::schema_of(level.parent), what.name), from_old.identity_index));
	}
}

} // namespace

int hash_level(const set &whole)
{
	int level = static_cast<int>(whole.levels.size()) + 1;
	while (level > 0 && level_numbered(whole, level).strategy != strategy_name(pg::partition_strategy::hash))
		--level;
	return level;
}

void require_divisible(const set &level)
{
	const std::string name = "\"" + pg::qualified_name(level.parent) + "\"";
	if (!level.levels.empty())
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "cannot divide partitions that are partitioned further",
						  "The partitions of " + name + " have partitions of their own.", "Give the modulus before the levels below.");
	if (!pg::foreign_keys_of(level.parent).referencing.empty())
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "cannot divide partitions that foreign keys point to",
						  "The server would take the rows of " + name + " for deleted while they move.",
						  "Drop the foreign keys, call it, and add them again.");
}

std::vector<Oid> coarser_partitions(Oid oid, int modulus)
{
	const pg::partition_table table(oid);
	std::vector<Oid> found;
	for (int n = 0; n < table.count(); ++n)
		if (table.hash(n).modulus < modulus)
			found.push_back(table.partition(n));
	return found;
}

static void split_behind_locks(const set &level, Oid partition, int modulus, int tries)
{
	const TimestampTz begun = GetCurrentTimestamp();
	const pg::latest_snapshot now;
	require_divisible(level);
	const std::optional<pg::hash_bound> bound = bound_of(level.parent, partition);
	if (!bound || bound->modulus >= modulus)
		return;
	const std::string name = pg::qualified_name(partition);
	if (pg::is_partitioned(partition) || pg::is_foreign_table(partition))
		throw pg::failure(ERRCODE_WRONG_OBJECT_TYPE, "partition \"" + name + "\" cannot be divided",
						  "It is partitioned itself, or a foreign table.", "Detach it first; a pass makes what is missing then.");
	require_room(level.parent, modulus / bound->modulus);
	script sql;
	divide(sql, level, partition, *bound, modulus);
	const double seconds = static_cast<double>(GetCurrentTimestamp() - begun) / static_cast<double>(pg::usecs_per_second);
	record({level.root, "split", name, "remainder " + std::to_string(bound->remainder), "modulus " + std::to_string(bound->modulus), "done",
			tries, seconds, {}, "into " + std::to_string(modulus / bound->modulus) + " partitions of modulus " + std::to_string(modulus), sql.command()});
}

void split_remainder(const set &level, Oid partition, int modulus)
{
	require_locks(level, partition, [&](int tries) { split_behind_locks(level, partition, modulus, tries); });
}

} // namespace partition
