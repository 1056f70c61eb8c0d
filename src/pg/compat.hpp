// compat.hpp: one shim for each difference between server versions, in the
// newest form, naming the server's commit.
#pragma once

#include <vector>

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

// 19 brought ALTER TABLE ... SPLIT PARTITION and MERGE PARTITIONS: the partitions
// that such a step makes.
inline std::vector<const RangeVar *> split_or_merged([[maybe_unused]] const AlterTableCmd *step)
{
	std::vector<const RangeVar *> made;
#if PG_VERSION_NUM >= 190000
	const auto *command = reinterpret_cast<const PartitionCmd *>(step->def);
	if (step->subtype == AT_MergePartitions)
		made.push_back(command->name);
	if (step->subtype == AT_SplitPartition)
		for (int i = 0; i < list_length(command->partlist); ++i)
			made.push_back(list_nth_node(SinglePartitionSpec, command->partlist, i)->name);
#endif
	return made;
}

// 17 brought transaction_timeout (51efe38cb).
constexpr bool has_transaction_timeout = PG_VERSION_NUM >= 170000;

} // namespace pg
