// extension.cpp: extensions as objects of the current database.
#include "pg/extension.hpp"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/pg_extension.h"
#include "utils/fmgroids.h"
}

namespace pg {

installed_extension find_extension(const char *name)
{
	installed_extension found{InvalidOid, {}, InvalidOid};
	const char *version = call([&]() -> const char * {
		Relation catalog = table_open(ExtensionRelationId, AccessShareLock);
		ScanKeyData key;
		ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum(name));
		SysScanDesc scan = systable_beginscan(catalog, ExtensionNameIndexId, true, nullptr, 1, &key);
		HeapTuple tuple = systable_getnext(scan);
		const char *chars = nullptr;
		if (HeapTupleIsValid(tuple))
		{
			bool isnull;
			found.oid = reinterpret_cast<Form_pg_extension>(GETSTRUCT(tuple))->oid;
			found.schema = reinterpret_cast<Form_pg_extension>(GETSTRUCT(tuple))->extnamespace;
			chars = TextDatumGetCString(heap_getattr(tuple, Anum_pg_extension_extversion, RelationGetDescr(catalog), &isnull));
		}
		systable_endscan(scan);
		table_close(catalog, AccessShareLock);
		return chars;
	});
	if (version != nullptr)
		found.version = version;
	return found;
}

Oid table_of_extension(const installed_extension &extension, const char *name)
{
	return call([&, name] {
		const Oid relation = get_relname_relid(name, extension.schema);
		const bool member = OidIsValid(relation) && get_rel_relkind(relation) == RELKIND_RELATION &&
							getExtensionOfObject(RelationRelationId, relation) == extension.oid;
		return member ? relation : InvalidOid;
	});
}

bool lock_extension(Oid extension)
{
	return call([=] {
		LockDatabaseObject(ExtensionRelationId, extension, 0, AccessShareLock);
		char *name = get_extension_name(extension);
		return name != nullptr;
	});
}

} // namespace pg
