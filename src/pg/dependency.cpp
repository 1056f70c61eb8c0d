// dependency.cpp: what goes when something else goes.
#include "pg/dependency.hpp"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_trigger.h"
}

namespace pg {

Oid trigger_oid(Oid table, const char *name)
{
	return call([=] { return get_trigger_oid(table, name, true); });
}

void trigger_depends_on_extension(Oid trigger)
{
	call([=] {
		ObjectAddress dependent;
		ObjectAddress extension;
		ObjectAddressSet(dependent, TriggerRelationId, trigger);
		ObjectAddressSet(extension, ExtensionRelationId, get_extension_oid("pg_mosaic", false));
		recordDependencyOn(&dependent, &extension, DEPENDENCY_AUTO_EXTENSION);
	});
}

void invalidate_relation(Oid relation)
{
	call(CacheInvalidateRelcacheByRelid, relation);
}

} // namespace pg
