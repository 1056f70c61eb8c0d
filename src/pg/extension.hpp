// extension.hpp: this extension as an object of the current database.
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

struct installed_extension {
	Oid oid; // InvalidOid where it is not installed
	std::string version;
};

installed_extension find_extension();

// Keeps DROP EXTENSION waiting until the end of the transaction.  False where
// it was quicker.
bool lock_extension(Oid extension);

} // namespace pg
