// resources.cpp: server resources as scopes.
#include "pg/resources.hpp"

namespace pg {

Relation open_relation(Oid oid, LOCKMODE mode)
{
	Relation found = try_relation_open(oid, mode);
	if (found == nullptr)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation with OID %u does not exist", oid));
	return found;
}

} // namespace pg
