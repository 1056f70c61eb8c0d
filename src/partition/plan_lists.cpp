// plan_lists.cpp: which partitions a LIST set lacks.
//
// Partitions are known by the keys they take, not by their names.  Keys of a
// list that no partition takes get one together: for a new list its first, for
// a list that has grown one more, because a partition's bound cannot change
// while it is attached and taking it off would stop everybody.
#include "partition/lists.hpp"
#include "partition/name.hpp"
#include "partition/plan.hpp"

namespace partition {

static std::vector<list_key> keys_without_partition(const list &wanted, const pg::partition_table &table)
{
	std::vector<list_key> missing;
	for (const list_key &key : wanted.keys)
		if ((key.null ? table.null_partition() : table.list_partition_of(key.datum)) < 0)
			missing.push_back(key);
	return missing;
}

plan plan_lists(const set &settings, const pg::partition_table &table)
{
	plan steps;
	if (!settings.lists)
		return steps;
	names planned;
	for (const list &wanted : parse_lists(*settings.lists, table, pg::time_zone(settings.time_zone)))
	{
		const std::vector<list_key> missing = keys_without_partition(wanted, table);
		if (missing.empty())
			continue;
		const bool whole = missing.size() == wanted.keys.size();
		const std::string name = free_name(settings.parent, settings.name_pattern, wanted.name, planned);
		planned.insert(name);
		steps.push_back({action::create, InvalidOid, name, key_texts(missing), {},
						 "FOR VALUES IN (" + key_literals(missing) + ")",
						 whole ? "list " + wanted.name + " has no partition" : "keys of list " + wanted.name + " have no partition"});
	}
	return steps;
}

} // namespace partition
