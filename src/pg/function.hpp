// function.hpp: functions that users name in settings.
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

// A function with one argument of a type, as a role would call it; name is
// what stands before the parenthesis in SQL, with its schema.  Refuses what
// does not exist or returns another type (42883), and what the role may not
// execute (42501).  Returns its qualified name, quoted.
std::string require_function(const std::string &name, Oid argument, Oid result, Oid role);

} // namespace pg
