// compat.hpp: one shim for each difference between server versions, in the
// newest form, naming the server's commit.
#pragma once

#include "pg/server.hpp"

extern "C" {
#include "catalog/objectaddress.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_tablespace.h"
#include "commands/copy.h"
#include "tcop/pquery.h"
#include "utils/regproc.h"

// Up to 18 this one asks for ICU's headers, which the server's development
// files do not bring along.  What we read lies before what they change.
#pragma push_macro("USE_ICU")
#undef USE_ICU
#include "utils/pg_locale.h"
#pragma pop_macro("USE_ICU")
}

#if PG_VERSION_NUM < 150000
#error "pg_mosaic needs PostgreSQL 15 or later"
#endif

namespace pg {

// 19 added flags to table_beginscan and index_beginscan, 18 statistics to the
// latter (0fbceae84).
inline TableScanDesc table_beginscan(Relation table, Snapshot snapshot)
{
#if PG_VERSION_NUM >= 190000
	return ::table_beginscan(table, snapshot, 0, nullptr, SO_NONE);
#else
	return ::table_beginscan(table, snapshot, 0, nullptr);
#endif
}

inline IndexScanDesc index_beginscan(Relation table, Relation index, Snapshot snapshot, int keys)
{
#if PG_VERSION_NUM >= 190000
	return ::index_beginscan(table, index, snapshot, nullptr, keys, 0, SO_NONE);
#elif PG_VERSION_NUM >= 180000
	return ::index_beginscan(table, index, snapshot, nullptr, keys, 0);
#else
	return ::index_beginscan(table, index, snapshot, keys, 0);
#endif
}

// 18 replaced lc_collate_is_c, which knew no collation as well (06421b084).
inline bool lc_collate_is_c(Oid collation)
{
#if PG_VERSION_NUM >= 180000
	return OidIsValid(collation) && pg_newlocale_from_collation(collation)->collate_is_c;
#else
	return ::lc_collate_is_c(collation);
#endif
}

// 17 replaced IsBackgroundWorker (393b5599e).
inline bool is_background_worker()
{
#if PG_VERSION_NUM >= 170000
	return AmBackgroundWorkerProcess();
#else
	return IsBackgroundWorker;
#endif
}

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

inline AclResult function_aclcheck(Oid function, Oid role, AclMode mode)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(ProcedureRelationId, function, role, mode);
#else
	return pg_proc_aclcheck(function, role, mode);
#endif
}

// 16 added the argument escontext (858e776c8).
inline List *qualified_name_list(const char *text)
{
#if PG_VERSION_NUM >= 160000
	return stringToQualifiedNameList(text, nullptr);
#else
	return stringToQualifiedNameList(text);
#endif
}

// 16 added the argument data_dest_cb (9fcdf2c78).
inline CopyToState begin_copy_to(ParseState *parse, Relation table, const char *path, List *columns, List *options)
{
#if PG_VERSION_NUM >= 160000
	return BeginCopyTo(parse, table, nullptr, InvalidOid, path, false, nullptr, columns, options);
#else
	return BeginCopyTo(parse, table, nullptr, InvalidOid, path, false, columns, options);
#endif
}

// 17 brought transaction_timeout (51efe38cb).
constexpr bool has_transaction_timeout = PG_VERSION_NUM >= 170000;

// 18 brought ANALYZE ONLY, which leaves the partitions alone (62ddf7ee9).
constexpr bool analyze_takes_only = PG_VERSION_NUM >= 180000;

} // namespace pg
