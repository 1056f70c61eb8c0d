// maintenance.hpp: what a pass asks of the extension in its database.
#pragma once

#include "pg/extension.hpp"

namespace worker {

// In a transaction of its own.
pg::installed_extension look_for_extension();

} // namespace worker
