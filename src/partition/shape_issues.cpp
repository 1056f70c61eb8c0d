// shape_issues.cpp: sets whose shape is not what their settings say.
//
// None of this is wrong: what somebody else made is adopted and left alone.
// But whoever made it may not know what follows from it.
#include "partition/assess.hpp"
#include "partition/range_set.hpp"
#include "pg/identity.hpp"
#include "pg/largest_key.hpp"
#include "pg/naming.hpp"
#include "pg/rowset.hpp"
#include "pg/table_rows.hpp"

namespace partition {

namespace {

struct shape_issue {
	const char *severity;
	const char *code;
	Oid object;
	std::string detail;
	std::string hint;
};
using shape_issues = std::vector<shape_issue>;

// Partitions that no level of the set keeps.
void find_unmanaged(const set &level, shape_issues &found)
{
	const pg::partition_table table(level.parent);
	for (int n = 0; n < table.count(); ++n)
	{
		pg::check_for_interrupts();
		const Oid partition = table.partition(n);
		if (table.leaf(n))
		{
			if (!level.levels.empty() && partition != table.default_partition())
				found.push_back({"info", "unmanaged_partition", partition, "It holds rows itself, though the set has a further level.",
								 "Nothing is needed; its rows are as well placed as in any leaf."});
			continue;
		}
		const bool kept = !level.levels.empty() && strategy_name(pg::partition_table(partition).strategy()) == level.levels.front().strategy;
		if (kept)
			find_unmanaged(level_below(level, partition), found);
		else
			found.push_back({"warning", "unmanaged_partition", partition,
							 "It is partitioned itself, and no level of the set keeps its partitions: none is made or retired.",
							 "Manage it as a set of its own by mosaic.create_parent(), or detach it."});
	}
}

// A partition that goes on holding rows which retention is meant for, because
// it also takes those of now: usually the table from before partitioning.
void find_legacy(const range_set &open, const position &now, shape_issues &found)
{
	if (!open.retention() || open.table().bounded() == 0)
		return;
	const key &k = open.axis_key();
	const position cutoff = open.boundaries().before(now, *open.retention());
	for (int n = 0; n < open.table().bounded(); ++n)
	{
		const pg::range_partition range = open.table().range(n);
		const std::optional<position> lower = open.lower(range);
		const std::optional<position> upper = open.upper(range);
		if (lower && k.compare(*lower, cutoff) >= 0)
			return;
		const bool ends_later = !upper || k.compare(*upper, cutoff) > 0;
		// One that an interval of the set could be is not wide.
		const bool wide = !lower || !upper || k.compare(open.boundaries().next(open.boundaries().next(*lower)), *upper) < 0;
		if (ends_later && wide)
			found.push_back({"info", "legacy_partition", range.partition,
							 "It reaches from " + open.text(range.lower) + " to " + open.text(range.upper) +
								 ", beyond the age from which partitions are retired; its old rows stay until the last of them is old enough.",
							 "Delete old rows from it, or split it."});
	}
}

// Numbers count from the largest key in a partition; one that only the default
// takes makes nothing follow.
void find_key_beyond(const range_set &open, shape_issues &found)
{
	const Oid default_partition = open.table().default_partition();
	if (open.axis_key().on() != axis::number || !OidIsValid(default_partition) || open.table().bounded() == 0 || pg::is_partitioned(default_partition) ||
		!pg::has_leading_index(default_partition, open.axis_key().attribute(), open.table().oid()))
		return;
	const std::optional<position> last = open.upper(open.table().range(open.table().bounded() - 1));
	const std::optional<Datum> largest = pg::largest_key(default_partition, open.axis_key().attribute(), open.table().oid());
	if (!last || !largest)
		return;
	const position at = open.axis_key().decode(*largest, rounding::down);
	if (open.is_infinite(at) || open.axis_key().compare(at, *last) < 0)
		return;
	found.push_back({"warning", "key_beyond_coverage", default_partition,
					 "The largest key is " + at.number.text() + ", the last partition ends at " + last->number.text() + "; partitions follow the largest key in a partition.",
					 "If the keys have jumped, make the partition that holds the largest by hand, after moving its rows out of the default partition."});
}

void find_range_shapes(const set_state &state, TimestampTz reference_time, shape_issues &found)
{
	if (pg::partition_table(state.settings.parent).strategy() != pg::partition_strategy::range)
		return;
	const range_set open(state.settings);
	find_legacy(open, open.now(reference_time), found);
	find_key_beyond(open, found);
}

} // namespace

// A set that cannot be read has its row in mosaic.partition_issues().
PG_FUNCTION(mosaic_shape_issues)
{
	pg::rowset rows(fcinfo);
	for (const set_state &state : visible_sets())
	{
		pg::check_for_interrupts();
		if (!OidIsValid(pg::owner_of(state.settings.parent)))
			continue;
		shape_issues found;
		const ErrorData *error = pg::attempt([&] {
			find_unmanaged(state.settings, found);
			find_range_shapes(state, GetCurrentTimestamp(), found);
		});
		if (error == nullptr)
			for (const shape_issue &one : found)
				rows.add({pg::text_value(one.severity), pg::text_value(one.code), pg::regclass_value(state.settings.parent),
						  pg::text_value(pg::qualified_name(one.object)), pg::text_value(one.detail), pg::text_value(one.hint)});
	}
	return Datum(0);
}

} // namespace partition
