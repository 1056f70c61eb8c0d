// expression.cpp: is a text one expression and nothing more?
#include "pg/expression.hpp"

extern "C" {
#include "parser/parser.h"
}

namespace pg {

bool is_one_expression(const std::string &text)
{
	const std::string statement = "SELECT (" + text + "\n)";
	return call([&] {
		const List *statements = raw_parser(statement.c_str(), RAW_PARSE_DEFAULT);
		if (list_length(statements) != 1)
			return false;
		const Node *node = linitial_node(RawStmt, statements)->stmt;
		if (!IsA(node, SelectStmt))
			return false;
		const SelectStmt *select = reinterpret_cast<const SelectStmt *>(node);
		return list_length(select->targetList) == 1 && linitial_node(ResTarget, select->targetList)->name == nullptr &&
			   select->op == SETOP_NONE && select->fromClause == NIL && select->whereClause == nullptr &&
			   select->groupClause == NIL && select->havingClause == nullptr && select->windowClause == NIL &&
			   select->sortClause == NIL && select->limitCount == nullptr && select->limitOffset == nullptr &&
			   select->lockingClause == NIL && select->distinctClause == NIL && select->intoClause == nullptr &&
			   select->withClause == nullptr;
	});
}

} // namespace pg
