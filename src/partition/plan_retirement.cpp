// plan_retirement.cpp: which partitions are to go.
//
// By the real upper bound, never by a name or a nominal width: a wide old
// partition goes only when its last possible row is old enough.  Where age and
// number are both set, both must agree.  Never the partition that holds now,
// one of the future, the last one, or the default.
#include "partition/plan.hpp"

#include "partition/settings.hpp"
#include "pg/value.hpp"

namespace partition {

namespace {

action configured_action(const set &settings)
{
	if (settings.retention_action == "detach")
		return action::detach;
	return settings.retention_action == "move" ? action::move : action::drop;
}

// Partitions that are not wholly in the future.
int arrived(const range_set &set, const position &now)
{
	int count = set.table().bounded();
	while (count > 0)
	{
		const std::optional<position> lower = set.lower(set.table().range(count - 1));
		if (!lower || set.axis_key().compare(*lower, now) <= 0)
			break;
		--count;
	}
	return count;
}

struct criterion {
	std::optional<position> cutoff;
	int by_number; // so many of the oldest may go
	std::string reason;
};

criterion criterion_of(const range_set &set, const position &now)
{
	const std::optional<int> keep = set.settings().retain_partitions;
	criterion result{std::nullopt, keep ? arrived(set, now) - *keep : INT_MAX, {}};
	if (set.retention())
	{
		result.cutoff = set.boundaries().before(now, *set.retention());
		result.reason = "ends " + *set.settings().retention + " before now or earlier";
	}
	if (keep)
		result.reason += (result.reason.empty() ? "" : ", and ") + std::string("more than ") + std::to_string(*keep) + " newer partitions exist";
	return result;
}

int expired_count(const range_set &set, const position &now, const criterion &by)
{
	const key &k = set.axis_key();
	const position &limit = by.cutoff ? *by.cutoff : now;
	const int most = std::min(by.by_number, set.table().bounded() - 1);
	int count = 0;
	while (count < most)
	{
		const std::optional<position> upper = set.upper(set.table().range(count));
		if (!upper || k.compare(*upper, limit) > 0)
			break;
		++count;
	}
	return count;
}

} // namespace

retirement plan_retirement(const range_set &set, const position &now, bool confirmed, int limit)
{
	retirement result;
	if (!set.retention() && !set.settings().retain_partitions)
		return result;
	const criterion by = criterion_of(set, now);
	const int expired = expired_count(set, now, by);
	if (expired > settings::max_drops && !confirmed)
	{
		result.held_back = expired;
		return result;
	}
	for (int n = 0; n < expired && static_cast<int>(result.steps.size()) < limit; ++n)
	{
		const pg::range_partition range = set.table().range(n);
		if (set.table().has_pending() && pg::detach_pending(range.partition))
			continue; // plan_resumption's, or a user's own
		result.steps.push_back({configured_action(set.settings()), range.partition, {}, set.text(range.lower), set.text(range.upper), {}, by.reason});
	}
	return result;
}

} // namespace partition
