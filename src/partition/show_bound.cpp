// show_bound.cpp: bounds of a partition as text for people.
#include "partition/show_bound.hpp"

#include "partition/key.hpp"
#include "partition/lists.hpp"

namespace partition {

static std::string list_text(const pg::partition_table &table, int partition, const pg::time_zone &zone)
{
	std::vector<list_key> keys;
	const Oid type = table.key().type;
	for (const Datum datum : table.list_values(partition))
		keys.push_back({false, datum, bound_text(type, {pg::range_bound::kind::value, datum}, zone)});
	if (table.null_partition() == partition)
		keys.push_back({true, 0, "NULL"});
	return key_texts(keys);
}

static shown_bound bound_of(const pg::partition_table &table, int partition, const pg::time_zone &zone)
{
	if (table.partition(partition) == table.default_partition())
		return {"default", {}, {}};
	switch (table.strategy())
	{
	case pg::partition_strategy::range:
	{
		const Oid type = table.key().type;
		const pg::range_partition range = table.range(partition);
		return {"range", bound_text(type, range.lower, zone), bound_text(type, range.upper, zone)};
	}
	case pg::partition_strategy::list:
		return {"list", list_text(table, partition, zone), {}};
	case pg::partition_strategy::hash:
		break;
	}
	const pg::hash_bound bound = table.hash(partition);
	return {"hash", "remainder " + std::to_string(bound.remainder), "modulus " + std::to_string(bound.modulus)};
}

shown_bound show_bound(const pg::partition_table &table, int partition, const pg::time_zone &zone)
{
	shown_bound bound = bound_of(table, partition, zone);
	if (table.has_pending() && pg::detach_pending(table.partition(partition)))
		bound.kind = "pending";
	return bound;
}

} // namespace partition
