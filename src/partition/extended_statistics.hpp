// extended_statistics.hpp: targets of CREATE STATISTICS objects.
#pragma once

#include <string>
#include <vector>

#include "pg/error.hpp"

namespace partition {

// ALTER STATISTICS for those of a new partition, which LIKE made without the
// targets of the parent's.
std::vector<std::string> statistics_targets_ddl(Oid parent, Oid partition);

} // namespace partition
