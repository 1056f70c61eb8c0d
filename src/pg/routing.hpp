// routing.hpp: the partition that the server would send a row to.
#pragma once

#include "pg/error.hpp"

namespace pg {

// Routes the key values given as arguments 1… of a SQL function, from the
// table of argument 0 down to a leaf; InvalidOid where no partition takes
// them.  Values are coerced as an INSERT would; how is worked out once and
// kept with the call site.
Oid route(FunctionCallInfo fcinfo);

} // namespace pg
