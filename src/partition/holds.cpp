// holds.cpp: partitions that retention leaves alone.
#include "partition/ledger.hpp"
#include "partition/tree.hpp"
#include "partition/validate.hpp"
#include "pg/identity.hpp"

namespace partition {

namespace {

// Root of the set that an attached partition is of, or that one which cools
// down was of.
Oid require_root(Oid partition)
{
	const Oid around = set_around(partition);
	if (around != partition && find_set(around))
		return around;
	if (const std::optional<departure> one = claim_departure(partition))
		return one->root;
	throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "\"" + pg::qualified_name(partition) + "\" is no partition of a managed parent",
					  "It is neither attached to one nor cooling down.");
}

} // namespace

PG_FUNCTION(mosaic_hold_partition)
{
	const pg::arguments arguments(fcinfo);
	const Oid partition = arguments.oid(0);
	pg::require_relation(partition);
	require_primary("mosaic.hold_partition()");
	const Oid root = require_root(partition);
	pg::require_ownership_or_gone(root);
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
