// compat.hpp: one shim for each difference between server versions, in the
// newest form, naming the server's commit.
#pragma once

#include "pg/server.hpp"

extern "C" {
#include "catalog/objectaddress.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_tablespace.h"
#include "tcop/pquery.h"
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

// 18 dropped the argument run_once of PortalRun (3eea7a0c9).
inline void portal_run_to_completion(Portal portal, DestReceiver *receiver)
{
#if PG_VERSION_NUM >= 180000
	PortalRun(portal, FETCH_ALL, true, receiver, receiver, nullptr);
#else
	PortalRun(portal, FETCH_ALL, true, true, receiver, receiver, nullptr);
#endif
}

// The same commit dropped the argument execute_once of ExecutorRun.
#if PG_VERSION_NUM >= 180000
#define EXECUTOR_RUN_PARAMETERS QueryDesc *query, ScanDirection direction, uint64 count
#define EXECUTOR_RUN_ARGUMENTS query, direction, count
#else
#define EXECUTOR_RUN_PARAMETERS QueryDesc *query, ScanDirection direction, uint64 count, bool once
#define EXECUTOR_RUN_ARGUMENTS query, direction, count, once
#endif

inline AclResult schema_aclcheck(Oid schema, Oid role, AclMode mode)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(NamespaceRelationId, schema, role, mode);
#else
	return pg_namespace_aclcheck(schema, role, mode);
#endif
}

inline AclResult tablespace_aclcheck(Oid tablespace, Oid role, AclMode mode)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(TableSpaceRelationId, tablespace, role, mode);
#else
	return pg_tablespace_aclcheck(tablespace, role, mode);
#endif
}

// 17 brought transaction_timeout (51efe38cb).
constexpr bool has_transaction_timeout = PG_VERSION_NUM >= 170000;

// 18 brought ANALYZE ONLY, which leaves the partitions alone (62ddf7ee9).
constexpr bool analyze_takes_only = PG_VERSION_NUM >= 180000;

} // namespace pg
