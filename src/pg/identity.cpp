// identity.cpp: whose rights a piece of work has.
#include "pg/identity.hpp"

#include "pg/compat.hpp"

extern "C" {
#include "commands/tablespace.h"
}

namespace pg {

acting_as::acting_as(Oid role, restriction how)
{
	GetUserIdAndSecContext(&previous_user_, &previous_context_);
	const int added = how == restriction::restricted ? SECURITY_RESTRICTED_OPERATION : 0;
	SetUserIdAndSecContext(role, previous_context_ | SECURITY_LOCAL_USERID_CHANGE | added);
	guc_level_ = NewGUCNestLevel();
	set_local("search_path", "pg_catalog, pg_temp");
}

acting_as::~acting_as()
{
	if (unwinding_)
		return;
	AtEOXact_GUC(false, guc_level_);
	SetUserIdAndSecContext(previous_user_, previous_context_);
}

void set_local(const char *name, const char *value)
{
	call([=] { set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false); });
}

Oid owner_of(Oid relation)
{
	return call([=] {
		HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
		if (!HeapTupleIsValid(tuple))
			return InvalidOid;
		const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
		return owner;
	});
}

Oid extension_owner()
{
	return call([] {
		const Oid schema = get_namespace_oid("mosaic", false);
		HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for schema %u", schema);
		const Oid owner = reinterpret_cast<Form_pg_namespace>(GETSTRUCT(tuple))->nspowner;
		ReleaseSysCache(tuple);
		return owner;
	});
}

void require_ownership(Oid relation)
{
	call([=] {
		if (!class_ownercheck(relation, GetUserId()))
			aclcheck_error(ACLCHECK_NOT_OWNER, get_relkind_objtype(get_rel_relkind(relation)), get_rel_name(relation));
	});
}

void require_privilege(Oid relation, AclMode mode)
{
	call([=] {
		const AclResult result = pg_class_aclcheck(relation, GetUserId(), mode);
		if (result != ACLCHECK_OK)
			aclcheck_error(result, get_relkind_objtype(get_rel_relkind(relation)), get_rel_name(relation));
	});
}

Oid schema_oid()
{
	return call([] { return get_namespace_oid("mosaic", false); });
}

Oid find_extension_relation(const char *name)
{
	return call([=] { return get_relname_relid(name, get_namespace_oid("mosaic", true)); });
}

void require_ownership_or_gone(Oid relation)
{
	if (OidIsValid(owner_of(relation)))
		require_ownership(relation);
	else if (!call([owner = extension_owner()] { return has_privs_of_role(GetUserId(), owner); }))
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied for a set whose parent no longer exists",
					  "Its OID was " + std::to_string(relation) + ".", "Ask the owner of the extension.");
}

bool owns(Oid relation)
{
	return OidIsValid(owner_of(relation)) && call([=] { return class_ownercheck(relation, GetUserId()); });
}

bool is_monitor()
{
	return call([] { return has_privs_of_role(GetUserId(), ROLE_PG_MONITOR); });
}

void require_relation(Oid relation)
{
	if (!OidIsValid(owner_of(relation)))
		throw failure(ERRCODE_UNDEFINED_TABLE, "relation with OID " + std::to_string(relation) + " does not exist");
}

void require_create_in_schema(const std::string &schema, Oid role)
{
	call([&] {
		const AclResult result = schema_aclcheck(get_namespace_oid(schema.c_str(), false), role, ACL_CREATE);
		if (result != ACLCHECK_OK)
			aclcheck_error(result, OBJECT_SCHEMA, schema.c_str());
	});
}

void require_create_in_tablespace(const std::string &tablespace, Oid role)
{
	call([&] {
		const AclResult result = tablespace_aclcheck(get_tablespace_oid(tablespace.c_str(), false), role, ACL_CREATE);
		if (result != ACLCHECK_OK)
			aclcheck_error(result, OBJECT_TABLESPACE, tablespace.c_str());
	});
}

Oid extension_relation(const char *name)
{
	return call([=] { return get_relname_relid(name, get_namespace_oid("mosaic", false)); });
}

} // namespace pg
