// database.cpp: the databases of the cluster, seen from outside them.
#include <algorithm>

#include "pg/database.hpp"

extern "C" {
#include "catalog/pg_database.h"
#include "commands/dbcommands.h"
#include "storage/lock.h"
}

namespace pg {

namespace {

// From 15.4 an interrupted DROP DATABASE leaves this in datconnlimit.
constexpr int32 invalid_database = -2;

bool is_open(const FormData_pg_database &form)
{
	return form.datallowconn && !form.datistemplate && form.datconnlimit != invalid_database;
}

} // namespace

vector<database> list_databases()
{
	vector<database> found;
	const memory_switch stay(CurrentMemoryContext);

	Relation catalog;
	TableScanDesc scan;
	call([&] {
		StartTransactionCommand();
		(void) GetTransactionSnapshot();
		catalog = table_open(DatabaseRelationId, AccessShareLock);
		scan = table_beginscan_catalog(catalog, 0, nullptr);
	});
	while (HeapTuple tuple = call([=] { return heap_getnext(scan, ForwardScanDirection); }))
	{
		const auto *form = reinterpret_cast<const FormData_pg_database *>(GETSTRUCT(tuple));
		if (is_open(*form))
			found.push_back({form->oid, form->datname});
	}
	call([=] {
		table_endscan(scan);
		table_close(catalog, AccessShareLock);
		CommitTransactionCommand();
	});
	std::sort(found.begin(), found.end(), [](const database &a, const database &b) { return a.oid < b.oid; });
	return found;
}

bool database_is_open(Oid database)
{
	const memory_switch stay(CurrentMemoryContext);
	return call([=] {
		StartTransactionCommand();
		HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(database));
		const bool open = HeapTupleIsValid(tuple) && is_open(*reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple)));
		if (HeapTupleIsValid(tuple))
			ReleaseSysCache(tuple);
		CommitTransactionCommand();
		return open;
	});
}

std::string database_name(Oid database)
{
	const char *name = call([=] { return static_cast<const char *>(get_database_name(database)); });
	return name != nullptr ? name : "";
}

bool database_is_wanted(Oid database)
{
	LOCKTAG tag;
	SET_LOCKTAG_OBJECT(tag, InvalidOid, DatabaseRelationId, database, 0);
	return call([&] {
		if (LockAcquire(&tag, RowExclusiveLock, true, true) == LOCKACQUIRE_NOT_AVAIL)
			return true;
		LockRelease(&tag, RowExclusiveLock, true);
		return false;
	});
}

} // namespace pg
