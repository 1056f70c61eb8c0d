// own_table.cpp: a table of the extension, looked up by name once a session.
//
// Locking takes the messages in that void the OID, so one that is still known
// afterwards is the table's: what the server does to lock by name.
#include "pg/own_table.hpp"

#include "pg/identity.hpp"
#include "pg/relcache.hpp"

namespace pg {

static constinit own_table *known = nullptr;

void forget_own_table(Oid relation) noexcept
{
	for (own_table *table = known; table != nullptr; table = table->next_)
		if (relation == table->oid_ || relation == InvalidOid)
			table->oid_ = InvalidOid;
}

Oid own_table::lock(LOCKMODE mode)
{
	if (!listed_)
	{
		if (known == nullptr)
			on_change([](Datum, Oid relation) { forget_own_table(relation); });
		next_ = std::exchange(known, this);
		listed_ = true;
	}
	for (;;)
	{
		if (!OidIsValid(oid_))
			oid_ = find_extension_relation(name_);
		const Oid found = oid_;
		if (!OidIsValid(found))
			return InvalidOid;
		call(LockRelationOid, found, mode);
		if (oid_ == found)
			return found;
		call(UnlockRelationOid, found, mode);
	}
}

relation own_table::open(LOCKMODE mode)
{
	return relation(lock(mode), relation::locked_in{mode});
}

} // namespace pg
