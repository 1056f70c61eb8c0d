// inherited.cpp: what LIKE and ATTACH leave out of a new partition.
#include "partition/inherited.hpp"

#include <algorithm>

#include "partition/tree.hpp"
#include "pg/identity.hpp"
#include "pg/partition_clause.hpp"

namespace partition {

namespace {

constinit pg::statement table_properties(
	"SELECT t.spcname, a.amname, c.relreplident::text, i.indexrelid, "
	"EXISTS (SELECT FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = c.oid AND s.stxstattarget >= 0), c.relpersistence = 'u' "
	"FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = c.reltablespace "
	"LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam "
	"LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisreplident AND c.relreplident = 'i' WHERE c.oid = $1");

// Options of the table and, as toast.name, of its TOAST table.
constinit pg::statement storage_options(
	"SELECT o.prefix, o.option_name, o.option_value FROM ("
	"SELECT '' AS prefix, (pg_catalog.pg_options_to_table(c.reloptions)).* FROM pg_catalog.pg_class c WHERE c.oid = $1 UNION ALL "
	"SELECT 'toast.', (pg_catalog.pg_options_to_table(t.reloptions)).* FROM pg_catalog.pg_class c "
	"JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid WHERE c.oid = $1) o ORDER BY 1, 2");

constinit pg::statement set_options(
	"SELECT CASE WHEN n.toast THEN 'toast.' ELSE '' END, CASE WHEN n.toast THEN pg_catalog.substr(n.option_name, 7) ELSE n.option_name END, "
	"n.option_value FROM (SELECT o.option_name, o.option_value, pg_catalog.starts_with(o.option_name, 'toast.') AS toast "
	"FROM pg_catalog.pg_options_to_table($1::text[]) o) n ORDER BY 1, 2");

// A target of -1, or NULL from PostgreSQL 17 on, is the default.
constinit pg::statement statistics_targets(
	"SELECT attname::text, attstattarget::integer FROM pg_catalog.pg_attribute "
	"WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND attstattarget >= 0 ORDER BY attnum");

// Grants on a partition would go past row security that came later.
constinit pg::statement table_grants(
	"SELECT a.privilege_type, NULL::text, a.grantee, a.is_grantable FROM pg_catalog.pg_class c, "
	"pg_catalog.aclexplode(c.relacl) a WHERE c.oid = $1 AND NOT c.relrowsecurity AND a.grantee <> c.relowner UNION ALL "
	"SELECT a.privilege_type, t.attname::text, a.grantee, a.is_grantable FROM pg_catalog.pg_class c "
	"JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped, pg_catalog.aclexplode(t.attacl) a "
	"WHERE c.oid = $1 AND NOT c.relrowsecurity AND a.grantee <> c.relowner ORDER BY 3, 1, 2");

void read_table_properties(pg::spi &spi, Oid parent, inherited &result)
{
	spi.execute(table_properties, {pg::oid_value(parent)}, pg::spi::access::read_latest);
	const pg::row row = spi[0];
	if (!row.null(1))
		result.tablespace = row.output(1);
	if (!row.null(2))
		result.access_method = row.output(2);
	result.statistics_targets = row.boolean(5);
	const std::string identity = row.text(3);
	if (identity == "f")
		result.replica_identity = "FULL";
	else if (identity == "n")
		result.replica_identity = "NOTHING";
	else if (!row.null(4))
		result.identity_index = row.oid(4);
	result.unlogged = row.boolean(6);
}

// The default partition only where there is no other.
Oid newest_leaf(Oid parent)
{
	const pg::partition_table table(parent);
	for (int n = table.bounded() - 1; n >= 0; --n)
	{
		const Oid found = table.leaf(n) ? table.partition(n) : newest_leaf(table.partition(n));
		if (OidIsValid(found))
			return found;
	}
	return table.default_partition();
}

std::optional<std::string> configured_options(const set &settings)
{
	std::optional<std::string> found = settings.table_options;
	for (const set &level : settings.levels)
		if (level.table_options)
			found = level.table_options;
	return found;
}

void read_options(pg::spi &spi, const set &settings, Oid leaf, inherited &result)
{
	if (const std::optional<std::string> options = configured_options(settings))
		spi.execute(set_options, {pg::text_value(*options)}, pg::spi::access::read_latest);
	else
	{
		if (!OidIsValid(leaf))
			leaf = newest_leaf(settings.parent);
		if (!OidIsValid(leaf))
			leaf = newest_leaf(settings.root);
		if (!OidIsValid(leaf))
			return;
		spi.execute(storage_options, {pg::oid_value(leaf)}, pg::spi::access::read_latest);
	}
	for (uint64 n = 0; n < spi.size(); ++n)
		result.options.push_back(spi[n].output(1) + pg::quoted_identifier(spi[n].output(2).c_str()) + "=" +
								 pg::quoted_literal(spi[n].output(3).c_str()));
}

void read_statistics_targets(pg::spi &spi, Oid parent, inherited &result)
{
	spi.execute(statistics_targets, {pg::oid_value(parent)}, pg::spi::access::read_latest);
	for (uint64 n = 0; n < spi.size(); ++n)
		result.column_settings.push_back("ALTER COLUMN " + pg::quoted_identifier(spi[n].text(1).c_str()) + " SET STATISTICS " +
										 std::to_string(spi[n].int4(2)));
}

void read_grants(pg::spi &spi, Oid parent, inherited &result)
{
	spi.execute(table_grants, {pg::oid_value(parent)}, pg::spi::access::read_latest);
	for (uint64 n = 0; n < spi.size(); ++n)
	{
		const pg::row row = spi[n];
		std::string privileges = row.text(1);
		if (!row.null(2))
			privileges += " (" + pg::quoted_identifier(row.text(2).c_str()) + ")";
		result.grants.push_back({privileges, pg::quoted_role(row.oid(3)) + (row.boolean(4) ? " WITH GRANT OPTION" : "")});
	}
}

bool hands_privileges_down(const set &settings)
{
	return settings.inherit_privileges ||
		   std::any_of(settings.levels.begin(), settings.levels.end(), [](const set &level) { return level.inherit_privileges; });
}

// As the tables that are there have it, since a column may have been renamed;
// as it was given where there is none.
std::vector<std::string> clauses_of(const set &settings)
{
	std::vector<std::string> clauses;
	int depth = settings.depth;
	for (const set &level : settings.levels)
	{
		const Oid table = first_table_of_level(settings.root, ++depth, level.strategy);
		clauses.push_back(OidIsValid(table) ? pg::partition_clause_of(table) : level.partition_by);
	}
	return clauses;
}

} // namespace

inherited inherited_of(const set &settings, Oid leaf)
{
	inherited result;
	result.clauses = clauses_of(settings);
	pg::spi spi;
	read_table_properties(spi, settings.parent, result);
	read_options(spi, settings, leaf, result);
	read_statistics_targets(spi, settings.parent, result);
	if (hands_privileges_down(settings))
		read_grants(spi, settings.root, result);
	return result;
}

} // namespace partition
