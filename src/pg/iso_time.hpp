// iso_time.hpp: dates and instants as text that depends on no setting: ISO
// style and UTC.
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

std::string iso_date(DateADT date);		   // 2025-12-31
std::string iso_instant(TimestampTz moment); // 2025-12-31 23:59:59.5+00

} // namespace pg
