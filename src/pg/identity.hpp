// identity.hpp: whose rights a piece of work has.
//
// Work on a user's table runs with that table's owner's rights, as a security
// restricted operation and with a pinned search_path, so that a hostile
// default, CHECK or trigger gains nothing by being reached from maintenance
// (CVE-2022-1552 is what happens otherwise).
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

// Acts as a role for a scope.  Transaction and subtransaction abort put user,
// security context and settings back by themselves.
class acting_as {
public:
	enum class restriction { restricted, unrestricted };

	explicit acting_as(Oid role, restriction how = restriction::restricted);
	~acting_as();
	acting_as(const acting_as &) = delete;
	acting_as &operator=(const acting_as &) = delete;

private:
	unwinding unwinding_;
	Oid previous_user_;
	int previous_context_;
	int guc_level_;
};

// Owner of a relation; InvalidOid where it is gone.
Oid owner_of(Oid relation);
// Owner of this extension's schema: who may write its own catalogs.
Oid extension_owner();
// Refuses, as the server would, a relation that the current user does not own.
void require_ownership(Oid relation);
// The same; what is left of a relation that is gone belongs to the extension's
// owner.
void require_ownership_or_gone(Oid relation);
bool owns(Oid relation);
bool is_monitor(); // a member of pg_monitor
// Refuses, as the server would, a relation on which the current user has none
// of these privileges (ACL_…).
void require_privilege(Oid relation, AclMode mode);
// Refuses an OID that is no relation (42P01).
void require_relation(Oid relation);
// Refuses, as the server would, a role that may not create there, or a name
// that does not exist.
void require_create_in_schema(const std::string &schema, Oid role);
void require_create_in_tablespace(const std::string &tablespace, Oid role);
// The schema of this extension.
Oid schema_oid();
// A relation of this extension by its bare name.
Oid extension_relation(const char *name);
// The same, InvalidOid where another session has dropped the extension.
Oid find_extension_relation(const char *name);

// Sets a setting until the end of the enclosing acting_as or setting_scope.
void set_local(const char *name, const char *value);

// A nest level for set_local.
class setting_scope {
public:
	setting_scope() : level_(NewGUCNestLevel()) {}
	~setting_scope()
	{
		if (!unwinding_)
			AtEOXact_GUC(true, level_);
	}
	setting_scope(const setting_scope &) = delete;
	setting_scope &operator=(const setting_scope &) = delete;

private:
	unwinding unwinding_;
	int level_;
};

} // namespace pg
