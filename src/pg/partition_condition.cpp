// partition_condition.cpp: which rows a partition takes, as a condition.
//
// The bound goes through the server's own parser and the function that ATTACH
// PARTITION makes its constraint with, so that a CHECK written from it is the
// very expression that ATTACH then tries to prove, whatever type, collation or
// expression the key has.
#include "pg/partition_condition.hpp"

#include "pg/identity.hpp"
#include "pg/resources.hpp"
#include "pg/value.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "parser/parse_node.h"
#include "parser/parse_utilcmd.h"
#include "parser/parser.h"
#include "utils/ruleutils.h"
}

namespace pg {

static PartitionBoundSpec *parse_bound(Relation parent, const char *sql)
{
	RawStmt *statement = linitial_node(RawStmt, raw_parser(sql, RAW_PARSE_DEFAULT));
	const auto *alter = castNode(AlterTableStmt, statement->stmt);
	const auto *command = castNode(PartitionCmd, linitial_node(AlterTableCmd, alter->cmds)->def);
	ParseState *state = make_parsestate(nullptr);
	state->p_sourcetext = sql;
	PartitionBoundSpec *bound = transformPartitionBound(state, parent, command->bound);
	free_parsestate(state);
	return bound;
}

std::string partition_condition(Oid parent, const std::string &bound)
{
	// The literals of the bound may be of a type of the owner's.
	const acting_as owner(owner_of(parent));
	set_local("DateStyle", "ISO, YMD");
	set_local("TimeZone", "UTC");
	const std::string sql = "ALTER TABLE t ATTACH PARTITION p " + bound;
	const relation table(parent, AccessShareLock);
	return call([&]() -> const char * {
		List *condition = get_qual_from_partbound(table.get(), parse_bound(table.get(), sql.c_str()));
		List *names = deparse_context_for(RelationGetRelationName(table.get()), parent);
		return deparse_expression(reinterpret_cast<Node *>(make_ands_explicit(condition)), names, false, false);
	});
}

} // namespace pg
