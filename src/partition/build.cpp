// build.cpp: making the table of a new partition, and putting it in its place.
#include "partition/build.hpp"

#include "partition/exclusion.hpp"
#include "partition/extended_statistics.hpp"
#include "pg/naming.hpp"

namespace partition {

void execute(const std::vector<std::string> &statements, std::string &command)
{
	for (const std::string &sql : statements)
	{
		pg::spi().execute(sql);
		command += (command.empty() ? "" : " ") + sql + ";";
	}
}

std::vector<std::string> identity_index_ddl(Oid partition, Oid parent_index)
{
	std::vector<std::string> sql;
	const Oid copy = pg::index_copy(partition, parent_index);
	sql.push_back("ALTER TABLE " + pg::qualified_name(partition) + " REPLICA IDENTITY USING INDEX " + pg::quoted_identifier(pg::relation_name(copy).c_str()));
	if (!pg::is_partitioned(partition))
		return sql;
	const pg::partition_table table(partition);
	for (int n = 0; n < table.count(); ++n)
		for (std::string &below : identity_index_ddl(table.partition(n), copy))
			sql.push_back(std::move(below));
	return sql;
}

namespace {

void make_table(const set &settings, const creation_ddl &sql, const step &what, const inherited &from_parent, std::string &command)
{
	execute(sql.table, command);
	if (from_parent.statistics_targets)
		execute(statistics_targets_ddl(settings.parent, pg::relation_named(pg::schema_of(settings.parent), what.name)), command);
}

// A partition arrives whole: what is below it comes in the same step, even
// where that level makes no new partitions by itself (create_paused).
void create_below(const set &settings, const step &what, const inherited &from_parent, const request &asked, std::string &command,
				  std::vector<std::string> &placing)
{
	if (settings.levels.empty() || what.what == action::create_default)
		return;
	set below = level_below(settings, pg::relation_named(pg::schema_of(settings.parent), what.name));
	below.create_paused = false;
	for (const step &part : plan_level(below, asked).steps)
	{
		const creation_ddl sql = creation_ddl_of(below, part, from_parent);
		make_table(below, sql, part, from_parent, command);
		placing.insert(placing.end(), sql.place.begin(), sql.place.end());
		create_below(below, part, from_parent, asked, command, placing);
	}
}

} // namespace

void build(const set &settings, const creation_ddl &sql, const step &what, const inherited &from_parent, const request &asked, std::string &command)
{
	make_table(settings, sql, what, from_parent, command);
	std::vector<std::string> placing;
	create_below(settings, what, from_parent, asked, command, placing);
	execute(placing, command);
}

void place(const set &settings, const std::vector<std::string> &placing, const step &what, const inherited &from_parent, std::string &command)
{
	execute(placing, command);
	if (OidIsValid(from_parent.identity_index))
		execute(identity_index_ddl(pg::relation_named(pg::schema_of(settings.parent), what.name), from_parent.identity_index), command);
}

// Attached from the top down: since 17 ATTACH makes identity columns of what
// is attached, but not of what is below it, and a DETACH fails for those.
void create(const set &settings, const step &what, const inherited &from_parent, const request &asked, std::string &command)
{
	const creation_ddl sql = creation_ddl_of(settings, what, from_parent);
	std::vector<std::string> placing = sql.place;
	make_table(settings, sql, what, from_parent, command);
	create_below(settings, what, from_parent, asked, command, placing);
	const bool excluded = exclude_from_default(settings.parent, what, command);
	place(settings, placing, what, from_parent, command);
	if (excluded)
		end_exclusion(settings.parent, command);
}

} // namespace partition
