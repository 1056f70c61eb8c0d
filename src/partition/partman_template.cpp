// partman_template.cpp: what new partitions get from pg_partman's template table.
//
// It carries what a partitioned table could not hand down when pg_partman was
// made, and what it still cannot: indexes that are unique without the key,
// UNLOGGED, storage options.
#include "partition/partman_template.hpp"

#include "partition/partman_config.hpp"
#include "pg/spi.hpp"

namespace partition {

namespace {

// An index that the parent has as well comes down from there.
constinit pg::statement own_indexes(
	"SELECT pg_catalog.pg_get_indexdef(t.indexrelid), t.indisunique FROM pg_catalog.pg_index t WHERE t.indrelid = $1 AND t.indisvalid "
	"AND NOT EXISTS (SELECT FROM pg_catalog.pg_index p WHERE p.indrelid = $2 AND p.indisunique >= t.indisunique "
	"AND pg_catalog.substring(pg_catalog.pg_get_indexdef(p.indexrelid), ' USING .*') = "
	"pg_catalog.substring(pg_catalog.pg_get_indexdef(t.indexrelid), ' USING .*')) ORDER BY 1");

constinit pg::statement storage(
	"SELECT c.relpersistence = 'u', (SELECT pg_catalog.array_agg(o) FROM (SELECT pg_catalog.unnest(c.reloptions) AS o UNION ALL "
	"SELECT 'toast.' || pg_catalog.unnest(t.reloptions) FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid) s)::text "
	"FROM pg_catalog.pg_class c WHERE c.oid = $1");

} // namespace

partman_template read_partman_template(const std::string &name, Oid parent)
{
	const Oid table = partman_table(name);
	if (!OidIsValid(table))
		return {std::nullopt, {"The template table does not exist."}};
	partman_template result;
	pg::spi spi;
	spi.execute(own_indexes, {pg::oid_value(table), pg::oid_value(parent)}, pg::spi::access::read_latest);
	for (uint64 n = 0; n < spi.size(); ++n)
		result.lost.push_back("New partitions do not get: " + spi[n].text(1) + "." +
							  (spi[n].boolean(2) ? " A unique index of the parent holds the key as well." : " Make it on the parent."));
	spi.execute(storage, {pg::oid_value(table)}, pg::spi::access::read_latest);
	if (spi.size() > 0 && spi[0].boolean(1))
		result.lost.emplace_back("New partitions are logged; the template is UNLOGGED.");
	if (spi.size() > 0)
		result.options = spi[0].optional_text(2);
	return result;
}

} // namespace partition
