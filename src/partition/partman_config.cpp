// partman_config.cpp: the configuration tables of pg_partman.
#include "partition/partman_config.hpp"

#include "pg/extension.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"
#include "pg/spi.hpp"

namespace partition {

namespace {

Oid require_table(const pg::installed_extension &partman, const char *name)
{
	const Oid table = pg::table_of_extension(partman, name);
	if (!OidIsValid(table))
		throw pg::failure(ERRCODE_UNDEFINED_TABLE, std::string("pg_partman ") + partman.version + " has no table \"" + name + "\"",
						  "Its sets can be read from version 4 on.", "ALTER EXTENSION pg_partman UPDATE;");
	pg::require_privilege(table, ACL_SELECT);
	return table;
}

// Rows by the table that their first column names.
std::map<std::string, partman_row> read(Oid table, const std::string &key, const std::string &prefix)
{
	const pg::acting_as owner(pg::owner_of(table));
	pg::spi spi;
	spi.execute("SELECT c." + key + ", e.key, e.value FROM " + pg::qualified_name(table) +
					" c, pg_catalog.jsonb_each_text(pg_catalog.to_jsonb(c)) e WHERE e.value IS NOT NULL",
				{}, pg::spi::access::read_latest);
	std::map<std::string, partman_row> rows;
	for (uint64 n = 0; n < spi.size(); ++n)
	{
		partman_row &row = rows[spi[n].text(1)];
		row.table = spi[n].text(1);
		std::string column = spi[n].text(2);
		if (column.compare(0, prefix.size(), prefix) == 0)
			column.erase(0, prefix.size());
		row.values[column] = spi[n].text(3);
	}
	return rows;
}

const partman_row *find(const std::map<std::string, partman_row> &rows, Oid table)
{
	const auto found = rows.find(partman_name(table));
	return found != rows.end() ? &found->second : nullptr;
}

} // namespace

std::optional<std::string> partman_row::get(const char *column) const
{
	const auto found = values.find(column);
	return found != values.end() ? std::optional(found->second) : std::nullopt;
}

std::string partman_name(Oid table)
{
	return pg::schema_name(pg::schema_of(table)) + "." + pg::relation_name(table);
}

Oid partman_table(const std::string &name)
{
	const std::size_t dot = name.find('.');
	if (dot == std::string::npos)
		return InvalidOid;
	const Oid schema = pg::schema_named(name.substr(0, dot));
	return OidIsValid(schema) ? pg::relation_named(schema, name.substr(dot + 1)) : InvalidOid;
}

partman_config::partman_config()
{
	const pg::installed_extension partman = pg::find_extension("pg_partman");
	if (!OidIsValid(partman.oid))
		throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "extension \"pg_partman\" is not installed in this database", {},
						  "Connect to the database that has its sets.");
	config_ = require_table(partman, "part_config");
	sets_ = read(config_, "parent_table", "");
	subs_ = read(require_table(partman, "part_config_sub"), "sub_parent", "sub_");
}

const partman_row *partman_config::set_of(Oid table) const
{
	return find(sets_, table);
}

const partman_row *partman_config::sub_of(Oid table) const
{
	return find(subs_, table);
}

std::string partman_config::name() const
{
	return pg::qualified_name(config_);
}

void partman_config::disable(const std::vector<Oid> &tables) const
{
	pg::require_privilege(config_, ACL_UPDATE);
	std::vector<std::optional<std::string>> names;
	for (const Oid table : tables)
		names.emplace_back(partman_name(table));
	const pg::value parents = pg::text_array_value(names);
	const pg::acting_as owner(pg::owner_of(config_));
	pg::spi().execute("UPDATE " + name() + " SET automatic_maintenance = 'off' WHERE parent_table = ANY ($1)", {parents});
}

} // namespace partition
