// foreign_keys.hpp: tables tied to a table by foreign keys.
#pragma once

#include <vector>

#include "pg/error.hpp"

namespace pg {

struct foreign_keys {
	std::vector<Oid> referenced;  // tables that this one points to
	std::vector<Oid> referencing; // tables that point to this one
};

foreign_keys foreign_keys_of(Oid table);

} // namespace pg
