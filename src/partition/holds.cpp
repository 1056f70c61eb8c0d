// holds.cpp: partitions that retention leaves alone.
#include "partition/free_departures.hpp"
#include "partition/tree.hpp"
#include "partition/validate.hpp"
#include "pg/identity.hpp"

namespace partition {

namespace {

// Root of the set that an attached partition is of, or that one which cools
// down was of.
Oid require_root(Oid partition, const std::optional<departure> &departing)
{
	const Oid around = set_around(partition);
	if (around != partition && find_set(around))
		return around;
	if (departing)
		return departing->root;
	throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "\"" + pg::qualified_name(partition) + "\" is no partition of a managed parent",
					  "It is neither attached to one nor cooling down.");
}

// Somebody attached it by hand while it cooled down, and means it.
void take_back(const departure &one)
{
	if (one.at != stage::detached || !OidIsValid(pg::parent_of(one.relation)))
		return;
	unblock(one);
	note_restored(one, one.relation);
}

} // namespace

PG_FUNCTION(mosaic_hold_partition)
{
	const pg::arguments arguments(fcinfo);
	const Oid partition = arguments.oid(0);
	pg::require_relation(partition);
	require_primary("mosaic.hold_partition()");
	const std::optional<departure> departing = claim_departure(partition);
	const Oid root = require_root(partition, departing);
	pg::require_ownership_or_gone(root);
	if (departing)
		take_back(*departing);
	hold(partition, root, arguments.text(1));
	return Datum(0);
}

PG_FUNCTION(mosaic_release_partition)
{
	const Oid partition = pg::arguments(fcinfo).oid(0);
	pg::require_ownership_or_gone(partition);
	require_primary("mosaic.release_partition()");
	if (!release_hold(partition))
		throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "\"" + pg::qualified_name(partition) + "\" is not held");
	return Datum(0);
}

} // namespace partition
