// growing.cpp: partitions that rows of a default are being moved into.
#include "partition/growing.hpp"

#include "pg/identity.hpp"

namespace partition {

namespace {

constinit pg::statement select_growing("SELECT lower_bound, upper_bound FROM mosaic.growing_partition WHERE partition = $1");
constinit pg::statement upsert_growing("INSERT INTO mosaic.growing_partition (partition, root, lower_bound, upper_bound) VALUES ($1, $2, $3, $4) "
									   "ON CONFLICT (partition) DO UPDATE SET upper_bound = excluded.upper_bound");
// Those that somebody dropped as well.
constinit pg::statement delete_growing("DELETE FROM mosaic.growing_partition g WHERE partition = $1 "
									   "OR NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = g.partition)");

} // namespace

std::optional<growing> growing_at(const pg::partition_table &table, Datum bound)
{
	for (int n = 0; n < table.bounded(); ++n)
	{
		const pg::range_partition range = table.range(n);
		if (range.upper.at != pg::range_bound::kind::value || !table.equal(range.upper.datum, bound))
			continue;
		const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
		pg::spi spi;
		spi.execute(select_growing, {pg::regclass_value(range.partition)}, pg::spi::access::read_latest);
		return spi.size() == 0 ? std::nullopt : std::optional(growing{range.partition, spi[0].text(1), spi[0].text(2)});
	}
	return std::nullopt;
}

void remember_growing(Oid root, const growing &begun)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi().execute(upsert_growing, {pg::regclass_value(begun.partition), pg::regclass_value(root), pg::text_value(begun.lower), pg::text_value(begun.upper)});
}

void forget_growing(Oid partition)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi().execute(delete_growing, {pg::regclass_value(partition)});
}

} // namespace partition
