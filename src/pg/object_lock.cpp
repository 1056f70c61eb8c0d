// object_lock.cpp: locks that keep our own processes apart.
#include "pg/object_lock.hpp"

extern "C" {
#include "catalog/pg_extension.h"
}

namespace pg {

namespace {

// Advisory locks alone last as long as the session: others of a session go with
// its next error, or outlive it.  SQL uses 1 and 2 in the last place.
LOCKTAG sign_on(Oid extension)
{
	LOCKTAG tag;
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, ExtensionRelationId, extension, 3);
	return tag;
}

} // namespace

void lock_exclusively(Oid relation)
{
	call([=] { LockDatabaseObject(RelationRelationId, relation, 0, ExclusiveLock); });
}

void show_for_session(Oid extension)
{
	const LOCKTAG tag = sign_on(extension);
	call([&] { return LockAcquire(&tag, AccessShareLock, true, false); });
}

bool shown_by_a_session(Oid extension)
{
	const LOCKTAG tag = sign_on(extension);
	return call([&] {
		if (LockAcquire(&tag, AccessExclusiveLock, true, true) == LOCKACQUIRE_NOT_AVAIL)
			return true;
		LockRelease(&tag, AccessExclusiveLock, true);
		return false;
	});
}

} // namespace pg
