// constraint.cpp: CHECK constraints that somebody has made sure of.
//
// The server knows one way to find out that no row violates a CHECK: reading
// all of them.  Where an index has the answer, or the rows have just been put
// there, that is a scan of the whole table under a lock that stops everybody.
// What its VALIDATE does after the scan is one flag in the catalog; here that
// is done without the scan.
#include "pg/constraint.hpp"

#include "pg/resources.hpp"

extern "C" {
#include "catalog/indexing.h"
#include "catalog/pg_constraint.h"
}

namespace pg {

bool has_constraint(Oid table, const std::string &name)
{
	return call([&] { return OidIsValid(get_relation_constraint_oid(table, name.c_str(), true)); });
}

bool constraint_is_valid(Oid table, const std::string &name)
{
	return call([&] {
		const Oid constraint = get_relation_constraint_oid(table, name.c_str(), true);
		HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
		if (!HeapTupleIsValid(tuple))
			return false;
		const bool valid = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->convalidated;
		ReleaseSysCache(tuple);
		return valid;
	});
}

void assume_valid(Oid table, const std::string &name)
{
	call([&] {
		Assert(CheckRelationOidLockedByMe(table, AccessExclusiveLock, true));
		Relation constraints = table_open(ConstraintRelationId, RowExclusiveLock);
		HeapTuple tuple = SearchSysCacheCopy1(CONSTROID, ObjectIdGetDatum(get_relation_constraint_oid(table, name.c_str(), false)));
		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for constraint \"%s\" of relation %u", name.c_str(), table);
		reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->convalidated = true;
		CatalogTupleUpdate(constraints, &tuple->t_self, tuple);
		heap_freetuple(tuple);
		table_close(constraints, RowExclusiveLock);
		CacheInvalidateRelcacheByRelid(table);
		CommandCounterIncrement();
	});
}

} // namespace pg
