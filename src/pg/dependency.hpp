// dependency.hpp: what goes when something else goes.
#pragma once

#include "pg/error.hpp"

namespace pg {

// InvalidOid where the table has no such trigger.
Oid trigger_oid(Oid table, const char *name);

// DROP EXTENSION pg_mosaic takes the trigger along, as after
// ALTER TRIGGER … DEPENDS ON EXTENSION, which is what pg_dump writes for it.
void trigger_depends_on_extension(Oid trigger);

// Sessions look at the table's definition, and ours of it, anew.
void invalidate_relation(Oid relation);

} // namespace pg
