// free_departures.cpp: partitions on their way out that are to stay.
#include "partition/free_departures.hpp"

#include "partition/settings.hpp"
#include "partition/write_block.hpp"
#include "pg/identity.hpp"
#include "pg/locking.hpp"

namespace partition {

void unblock(const departure &one)
{
	if (one.write_block.empty())
		return;
	const Oid partition = one.relation;
	pg::vector<pg::lock_request> locks;
	for (const Oid leaf : leaves_of(partition))
		locks.push_back({leaf, AccessExclusiveLock});
	const auto let_in = [&](int) {
		const pg::acting_as owner(pg::owner_of(partition));
		for (const std::string &sql : unblock_commands(partition))
			pg::spi().execute(sql);
	};
	if (!pg::work_behind(locks, settings::lock_policy(), let_in).granted)
		throw pg::failure(ERRCODE_LOCK_NOT_AVAILABLE, "could not lock \"" + pg::qualified_name(partition) + "\" to let writes in again",
						  "A lock did not come within " + std::to_string(settings::lock_budget) + " ms.",
						  "Try again when no long transaction works on it, or raise mosaic.lock_budget.");
}

void free_departures(const set &settings)
{
	for (const departure &one : leaving_of_set(settings).open)
	{
		if (!OidIsValid(pg::owner_of(one.relation)))
			continue;
		unblock(one);
		note_released(one.relation);
	}
}

} // namespace partition
