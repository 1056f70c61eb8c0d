// extension.hpp: extensions as objects of the current database.
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

struct installed_extension {
	Oid oid; // InvalidOid where it is not installed
	std::string version;
	Oid schema;
};

installed_extension find_extension(const char *name = "pg_mosaic");
// A table that belongs to an extension, by its bare name; InvalidOid for none.
Oid table_of_extension(const installed_extension &extension, const char *name);

// Keeps DROP EXTENSION waiting until the end of the transaction.  False where
// it was quicker.
bool lock_extension(Oid extension);

} // namespace pg
