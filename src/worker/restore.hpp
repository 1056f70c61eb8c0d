// restore.hpp: is this database being restored?
#pragma once

#include "pg/error.hpp"

namespace worker {

bool restore_under_way(Oid extension);

} // namespace worker
