// object_lock.cpp: locks that keep our own processes apart.
#include "pg/object_lock.hpp"

namespace pg {

void lock_exclusively(Oid relation)
{
	call([=] { LockDatabaseObject(RelationRelationId, relation, 0, ExclusiveLock); });
}

} // namespace pg
