// partition_clause.cpp: PARTITION BY as a user writes it.
#include "pg/partition_clause.hpp"

#include "pg/value.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "parser/parser.h"
}

namespace pg {

// Parsed as part of a statement; what comes of it must be one CREATE TABLE
// that says nothing else.
static bool is_only_a_clause(const std::string &text)
{
	const std::string sql = "CREATE TABLE t () PARTITION BY " + text;
	return call([&] {
		List *statements = raw_parser(sql.c_str(), RAW_PARSE_DEFAULT);
		if (list_length(statements) != 1 || !IsA(linitial_node(RawStmt, statements)->stmt, CreateStmt))
			return false;
		const auto *create = reinterpret_cast<CreateStmt *>(linitial_node(RawStmt, statements)->stmt);
		return create->partspec != nullptr && create->options == NIL && create->oncommit == ONCOMMIT_NOOP && create->tablespacename == nullptr &&
			   create->accessMethod == nullptr;
	});
}

void require_partition_clause(const std::string &text)
{
	const bool comment = text.find("--") != std::string::npos || text.find("/*") != std::string::npos || text.find(';') != std::string::npos;
	if (comment || !is_only_a_clause(text))
		throw failure(ERRCODE_SYNTAX_ERROR, "invalid partition_by \"" + text + "\"", "It is what follows PARTITION BY in CREATE TABLE, and nothing else.",
					  "Give for example 'HASH (tenant_id)'.");
}

std::string partition_clause_of(Oid table)
{
	const char *clause = call([=] { return TextDatumGetCString(DirectFunctionCall1(pg_get_partkeydef, ObjectIdGetDatum(table))); });
	return clause;
}

} // namespace pg
