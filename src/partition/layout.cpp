// layout.cpp: the tables below a partition, written down.
#include "partition/layout.hpp"

#include "pg/naming.hpp"
#include "pg/spi.hpp"

namespace partition {

namespace {

constinit pg::statement select_layout(
	"SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('schema', n.nspname, 'name', c.relname, "
	"'parent', CASE WHEN t.level > 0 THEN pg_catalog.format('%I.%I', pn.nspname, p.relname) END, 'bound', pg_catalog.pg_get_expr(c.relpartbound, c.oid), "
	"'partition_by', CASE c.relkind WHEN 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END) ORDER BY t.level, n.nspname, c.relname)::text "
	"FROM pg_catalog.pg_partition_tree($1) t JOIN pg_catalog.pg_class c ON c.oid = t.relid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
	"LEFT JOIN pg_catalog.pg_class p ON p.oid = t.parentrelid LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace");
constinit pg::statement select_laid_out("SELECT schema, name, coalesce(parent, ''), bound, coalesce(partition_by, '') "
										"FROM pg_catalog.jsonb_to_recordset($1::jsonb) AS t (schema text, name text, parent text, bound text, partition_by text)");

} // namespace

std::optional<std::string> layout_below(Oid partition)
{
	if (!pg::is_partitioned(partition))
		return std::nullopt;
	pg::spi spi;
	spi.execute(select_layout, {pg::regclass_value(partition)}, pg::spi::access::read_latest);
	return spi[0].text(1);
}

std::vector<laid_out> read_layout(const std::string &json)
{
	pg::spi spi;
	spi.execute(select_laid_out, {pg::text_value(json)}, pg::spi::access::read_latest);
	std::vector<laid_out> tables;
	for (uint64 n = 0; n < spi.size(); ++n)
		tables.push_back({spi[n].text(1), spi[n].text(2), spi[n].text(3), spi[n].text(4), spi[n].text(5)});
	return tables;
}

} // namespace partition
