// extension.cpp: this extension as an object of the current database.
#include "pg/extension.hpp"

extern "C" {
#include "catalog/pg_extension.h"
#include "utils/fmgroids.h"
}

namespace pg {

installed_extension find_extension()
{
	installed_extension found{InvalidOid, {}};
	const char *version = call([&]() -> const char * {
		Relation catalog = table_open(ExtensionRelationId, AccessShareLock);
		ScanKeyData key;
		ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum("pg_mosaic"));
		SysScanDesc scan = systable_beginscan(catalog, ExtensionNameIndexId, true, nullptr, 1, &key);
		HeapTuple tuple = systable_getnext(scan);
		const char *chars = nullptr;
		if (HeapTupleIsValid(tuple))
		{
			bool isnull;
			found.oid = reinterpret_cast<Form_pg_extension>(GETSTRUCT(tuple))->oid;
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

bool lock_extension(Oid extension)
{
	return call([=] {
		LockDatabaseObject(ExtensionRelationId, extension, 0, AccessShareLock);
		char *name = get_extension_name(extension);
		return name != nullptr;
	});
}

} // namespace pg
