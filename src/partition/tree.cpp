// tree.cpp: the tables of a set, level by level.
#include "partition/tree.hpp"

namespace partition {

namespace {

bool is_kept(const pg::partition_table &table, const std::string &strategy)
{
	return strategy_name(table.strategy()) == strategy;
}

void collect(const set &settings, int level, std::vector<Oid> &tables)
{
	pg::check_for_interrupts();
	const pg::partition_table table(settings.parent);
	if (!is_kept(table, settings.strategy))
		return;
	if (settings.depth == level)
	{
		tables.push_back(settings.parent);
		return;
	}
	if (settings.levels.empty())
		return;
	for (int n = 0; n < table.count(); ++n)
		if (!table.leaf(n))
			collect(level_below(settings, table.partition(n)), level, tables);
}

} // namespace

Oid set_around(Oid table)
{
	for (Oid at = table; OidIsValid(at); at = pg::parent_of(at))
		if (find_set(at))
			return at;
	return table;
}

Oid first_table_of_level(Oid root, int level, const std::string &strategy)
{
	const pg::partition_table table(root);
	if (level == 1)
		return is_kept(table, strategy) ? root : InvalidOid;
	for (int n = table.count() - 1; n >= 0; --n)
	{
		const Oid found = table.leaf(n) ? InvalidOid : first_table_of_level(table.partition(n), level - 1, strategy);
		if (OidIsValid(found))
			return found;
	}
	return InvalidOid;
}

std::vector<Oid> tables_of_level(const set &whole, int level)
{
	std::vector<Oid> tables;
	collect(whole, level, tables);
	return tables;
}

} // namespace partition
