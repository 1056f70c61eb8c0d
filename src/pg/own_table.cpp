// own_table.cpp: a table of the extension that every commit may write to.
#include "pg/own_table.hpp"

#include "pg/relcache.hpp"
#include "pg/table.hpp"

namespace pg {

static constinit own_table *known = nullptr;

void forget_own_table(Oid relation) noexcept
{
	for (own_table *table = known; table != nullptr; table = table->next_)
		if (relation == table->oid_ || relation == InvalidOid)
			table->oid_ = InvalidOid;
}

// Locking takes the messages in that void the OID, so one that is still known
// afterwards is the table's: what the server does to lock by name.
Oid own_table::lock(LOCKMODE mode)
{
	for (;;)
	{
		if (!OidIsValid(oid_))
			oid_ = get_relname_relid(name_, get_namespace_oid("mosaic", true));
		const Oid found = oid_;
		if (!OidIsValid(found))
			return InvalidOid;
		LockRelationOid(found, mode);
		if (oid_ == found)
			return found;
		UnlockRelationOid(found, mode);
	}
}

bool own_table::insert(std::initializer_list<value> columns)
{
	if (!listed_)
	{
		if (known == nullptr)
			on_change([](Datum, Oid relation) { forget_own_table(relation); });
		next_ = std::exchange(known, this);
		listed_ = true;
	}
	datum_row row(columns);
	return call([&] {
		const Oid oid = lock(RowExclusiveLock);
		if (!OidIsValid(oid))
			return false;
		const Relation table = relation_open(oid, NoLock);
		put_row(table, row);
		relation_close(table, RowExclusiveLock);
		return true;
	});
}

} // namespace pg
