// relation_size.cpp: what a table takes on disk.
#include "pg/relation_size.hpp"

#include "pg/spi.hpp"

namespace pg {

static constinit statement sum_of_sizes(
	"SELECT coalesce(pg_catalog.sum(pg_catalog.pg_total_relation_size(relid)), 0)::bigint FROM pg_catalog.pg_partition_tree($1) WHERE isleaf");

int64 relation_size(Oid table)
{
	spi spi;
	spi.execute(sum_of_sizes, {regclass_value(table)}, spi::access::read_latest);
	return spi[0].int8(1);
}

} // namespace pg
