// column.hpp: columns of a table by name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pg/error.hpp"

namespace pg {

struct column_info {
	AttrNumber number;
	Oid type;
	bool by_value;
	int16 length;
	bool virtual_generated; // has no value of its own (18 and later)
};

// Nothing where there is no such column; system columns are none.
std::optional<column_info> find_column(Relation table, const std::string &name);

// All of them, as a message lists them: "id", "name".
std::string column_list(Relation table);

// Columns of the primary key in its order; empty without one.
std::vector<std::string> primary_key(Relation table);

} // namespace pg
