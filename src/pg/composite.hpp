// composite.hpp: one row as the result of a SQL function.
#pragma once

#include <initializer_list>

#include "pg/value.hpp"

namespace pg {

// One value for each column of the function's result type, in order.
Datum composite_result(FunctionCallInfo fcinfo, std::initializer_list<value> columns);

} // namespace pg
