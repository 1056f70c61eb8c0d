// ddl.cpp: the SQL of a step.
//
// Never CREATE TABLE … PARTITION OF: that takes ACCESS EXCLUSIVE on the parent,
// where LIKE and ATTACH together need SHARE UPDATE EXCLUSIVE and let readers
// and writers pass.
#include "partition/ddl.hpp"

#include "partition/write_block.hpp"
#include "pg/naming.hpp"

namespace partition {

namespace {

std::string in_schema_of(Oid parent, const std::string &name)
{
	return pg::quoted_identifier(pg::schema_name(pg::schema_of(parent)).c_str()) + "." + pg::quoted_identifier(name.c_str());
}

std::string joined(const std::vector<std::string> &parts)
{
	std::string text;
	for (const std::string &part : parts)
		text += (text.empty() ? "" : ", ") + part;
	return text;
}

std::string create_table(const set &settings, const std::string &partition, const inherited &from_parent, with_indexes indexes)
{
	const bool leaf = settings.levels.empty();
	// ATTACH brings the indexes and keeps the identity column to one sequence.
	std::string sql = std::string("CREATE ") + (from_parent.unlogged ? "UNLOGGED " : "") + "TABLE " + partition + " (LIKE " + pg::qualified_name(settings.parent) +
					  " INCLUDING ALL EXCLUDING IDENTITY" + (indexes == with_indexes::no ? " EXCLUDING INDEXES)" : ")");
	if (!leaf)
		sql += " PARTITION BY " + from_parent.clauses[from_parent.clauses.size() - settings.levels.size()];
	if (leaf && from_parent.access_method)
		sql += " USING " + pg::quoted_identifier(from_parent.access_method->c_str());
	if (leaf && !from_parent.options.empty())
		sql += " WITH (" + joined(from_parent.options) + ")";
	if (from_parent.tablespace)
		sql += " TABLESPACE " + pg::quoted_identifier(from_parent.tablespace->c_str());
	return sql;
}

// A partitioned partition takes none of its own with it: each table moves.
std::vector<std::string> moves(const set &settings, Oid partition)
{
	std::vector<std::string> sql;
	for (const Oid table : pg::table_and_below(partition))
	{
		const std::string name = pg::qualified_name(table);
		if (settings.retention_tablespace)
		{
			const std::string tablespace = pg::quoted_identifier(settings.retention_tablespace->c_str());
			sql.push_back("ALTER TABLE " + name + " SET TABLESPACE " + tablespace);
			for (const Oid index : pg::indexes_of(table))
				sql.push_back("ALTER INDEX " + pg::qualified_name(index) + " SET TABLESPACE " + tablespace);
		}
		if (settings.retention_schema)
			sql.push_back("ALTER TABLE " + name + " SET SCHEMA " + pg::quoted_identifier(settings.retention_schema->c_str()));
	}
	return sql;
}

} // namespace

std::string detach_command(Oid parent, Oid partition)
{
	return "ALTER TABLE " + pg::qualified_name(parent) + " DETACH PARTITION " + pg::qualified_name(partition);
}

std::vector<std::string> after_detach(const set &settings, action what, Oid partition)
{
	switch (what)
	{
	case action::drop:
		return {(pg::is_foreign_table(partition) ? "DROP FOREIGN TABLE " : "DROP TABLE ") + pg::qualified_name(partition)};
	case action::move:
		return moves(settings, partition);
	default:
		return {};
	}
}

creation_ddl creation_ddl_of(const set &settings, const step &what, const inherited &from_parent, with_indexes indexes)
{
	const std::string partition = in_schema_of(settings.parent, what.name);
	creation_ddl sql;
	sql.table.push_back(create_table(settings, partition, from_parent, indexes));
	if (!from_parent.column_settings.empty())
		sql.table.push_back("ALTER TABLE " + partition + " " + joined(from_parent.column_settings));
	if (!from_parent.replica_identity.empty())
		sql.table.push_back("ALTER TABLE " + partition + " REPLICA IDENTITY " + from_parent.replica_identity);
	sql.place.push_back("ALTER TABLE " + pg::qualified_name(settings.parent) + " ATTACH PARTITION " + partition + " " + what.values);
	if (settings.inherit_privileges)
		for (const granted &grant : from_parent.grants)
			sql.place.push_back("GRANT " + grant.privileges + " ON TABLE " + partition + " TO " + grant.grantee);
	return sql;
}

std::vector<std::string> retirement_ddl_of(const set &settings, const step &what, bool referenced)
{
	if (what.detached)
		return after_detach(settings, what.what, what.partition);
	if (what.what == action::block)
		return block_commands(what.partition);
	if (what.what == action::release)
		return unblock_commands(what.partition);
	if (what.what == action::finalize)
		return {detach_command(settings.parent, what.partition) + " FINALIZE"};
	std::vector<std::string> sql;
	// Dropping the attached partition spares the tables that it references
	// their lock; the server refuses it only where keys point to the parent.
	if (what.what != action::drop || referenced)
		sql.push_back(detach_command(settings.parent, what.partition));
	for (std::string &statement : after_detach(settings, what.what, what.partition))
		sql.push_back(std::move(statement));
	return sql;
}

} // namespace partition
