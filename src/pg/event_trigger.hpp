// event_trigger.hpp: what an event trigger is told, as plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pg/error.hpp"

namespace pg {

// A partition that came or went.
struct partition_change {
	enum class kind { created, attached, detached } what;
	Oid parent;
	Oid partition;
};

struct column_rename {
	Oid table;
	std::string before;
	std::string after;
};

// Refuses any other call (39P03).
void require_event_trigger(FunctionCallInfo fcinfo);

// Of the command that has just ended.
std::vector<partition_change> partition_changes(FunctionCallInfo fcinfo);
std::optional<column_rename> renamed_column(FunctionCallInfo fcinfo);
// Was it ALTER TABLE … DROP COLUMN of this column, without CASCADE?
bool drops_column_alone(FunctionCallInfo fcinfo, const std::string &column);

// The table that is about to be rewritten, in a trigger on table_rewrite.
Oid rewritten_table();

} // namespace pg
