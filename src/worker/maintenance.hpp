// maintenance.hpp: what a pass asks of the extension in its database.
#pragma once

#include <string_view>

#include "pg/extension.hpp"

namespace worker {

// Does this library understand the SQL objects of that release?  Releases
// with the same two first numbers understand each other.
bool understands(std::string_view version);
// In a transaction of its own.
pg::installed_extension look_for_extension();

} // namespace worker
