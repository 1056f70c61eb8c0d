// foreign_keys.cpp: tables tied to a table by foreign keys.
#include "pg/foreign_keys.hpp"

#include "pg/spi.hpp"

namespace pg {

// Rows with a parent constraint are copies for partitions, not what a user
// declared.  A table may point to itself.
static constinit statement tied_tables(
	"SELECT DISTINCT confrelid, true FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conparentid = 0 AND conrelid = $1 AND confrelid <> $1 UNION ALL "
	"SELECT DISTINCT conrelid, false FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conparentid = 0 AND confrelid = $1 ORDER BY 1");

foreign_keys foreign_keys_of(Oid table)
{
	foreign_keys result;
	spi spi;
	spi.execute(tied_tables, {oid_value(table)}, spi::access::read_latest);
	for (uint64 n = 0; n < spi.size(); ++n)
		(spi[n].boolean(2) ? result.referenced : result.referencing).push_back(spi[n].oid(1));
	return result;
}

} // namespace pg
