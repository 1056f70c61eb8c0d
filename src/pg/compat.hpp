// compat.hpp: one shim for each difference between server versions, in the
// newest form, naming the server's commit.
#pragma once

#include "pg/server.hpp"

extern "C" {
#include "catalog/objectaddress.h"
#include "catalog/pg_namespace.h"
}

#if PG_VERSION_NUM < 150000
#error "pg_mosaic needs PostgreSQL 15 or later"
#endif

namespace pg {

// 16 replaced pg_class_ownercheck and its kin (afbfc0298).
inline bool class_ownercheck(Oid relation, Oid role)
{
#if PG_VERSION_NUM >= 160000
	return object_ownercheck(RelationRelationId, relation, role);
#else
	return pg_class_ownercheck(relation, role);
#endif
}

// 18 brought generated columns that are computed when read (83ea6c540).
inline bool is_virtual_generated([[maybe_unused]] const FormData_pg_attribute *attribute)
{
#if PG_VERSION_NUM >= 180000
	return attribute->attgenerated == ATTRIBUTE_GENERATED_VIRTUAL;
#else
	return false;
#endif
}

} // namespace pg
