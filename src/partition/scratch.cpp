// scratch.cpp: a table like those of a level, where there may be none yet.
#include "partition/scratch.hpp"

#include "partition/name.hpp"
#include "partition/tree.hpp"
#include "pg/naming.hpp"
#include "pg/spi.hpp"

namespace partition {

Oid make_scratch_table(Oid like, const std::string &partition_by)
{
	const Oid schema = pg::schema_of(like);
	const std::string name = free_name(like, "{parent}_{bound}", "level");
	pg::spi().execute("CREATE TABLE " + pg::quoted_identifier(pg::schema_name(schema).c_str()) + "." + pg::quoted_identifier(name.c_str()) + " (LIKE " +
					  pg::qualified_name(like) + " INCLUDING ALL EXCLUDING IDENTITY) PARTITION BY " + partition_by);
	return pg::relation_named(schema, name);
}

void drop_scratch_table(Oid scratch)
{
	pg::spi().execute("DROP TABLE " + pg::qualified_name(scratch));
}

Oid table_above(const set &whole, int level)
{
	const std::vector<Oid> tables = tables_of_level(whole, level - 1);
	return tables.empty() ? whole.parent : tables.front();
}

} // namespace partition
