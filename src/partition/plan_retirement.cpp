// plan_retirement.cpp: which partitions are to go.
//
// By the real upper bound, never by a name or a nominal width: a wide old
// partition goes only when its last possible row is old enough.  Where several
// of age, number and size are set, all must agree.  Never the partition that
// holds now, one of the future, the last one, or the default.
//
// Before a step is carried out all of that is asked again, under its locks.
#include "partition/ledger.hpp"

#include "partition/settings.hpp"
#include "pg/relation_size.hpp"

namespace partition {

namespace {

// What takes the partition out of the parent.
action removal(const set &settings)
{
	if (settings.retention_action == "detach")
		return action::detach;
	if (settings.retention_action == "move")
		return action::move;
	return settings.cools_down ? action::detach : action::drop;
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

// Partitions that a plan makes, and of these the ones not wholly in the future.
struct coming {
	int all = 0;
	int arrived = 0;
};

coming count_coming(const plan &created)
{
	coming result;
	for (const step &what : created)
		if (what.what == action::create)
		{
			++result.all;
			result.arrived += !what.ahead;
		}
	return result;
}

struct criterion {
	std::optional<position> cutoff;
	int most = INT_MAX; // so many of the oldest may go
	std::string reason;

	void add(const std::string &why) { reason += (reason.empty() ? "" : ", and ") + why; }
};

// The oldest without which the rest has room.
int beyond_size(const range_set &set, int64 room)
{
	int64 left = pg::relation_size(set.table().oid());
	int count = 0;
	for (; count < set.table().bounded() && left > room; ++count)
		left -= pg::relation_size(set.table().partition(count));
	return count;
}

criterion criterion_of(const range_set &set, const position &now, const coming &made)
{
	const struct set &settings = set.settings();
	criterion result;
	if (set.retention())
	{
		result.cutoff = set.boundaries().before(now, *set.retention());
		const bool counts = set.axis_key().on() == axis::number;
		result.add("ends " + *settings.retention + (counts ? " below the largest key or lower" : " before now or earlier"));
	}
	if (const std::optional<int> keep = settings.retain_partitions)
	{
		result.most = arrived(set, now) + made.arrived - *keep;
		result.add("more than " + std::to_string(*keep) + " newer partitions exist");
	}
	if (const std::optional<int64> room = settings.retain_bytes)
	{
		result.most = std::min(result.most, beyond_size(set, *room));
		result.add("the set has more than " + std::to_string(*room) + " bytes with it");
	}
	return result;
}

int expired_count(const range_set &set, const position &now, const criterion &by, const coming &made)
{
	const key &k = set.axis_key();
	const position &limit = by.cutoff ? *by.cutoff : now;
	const int ranges = set.table().bounded();
	const int most = std::min(by.most, made.all > 0 ? ranges : ranges - 1);
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

// What is still to be done until the partition is out, one step after another;
// all but the first wait for the one before.
std::vector<action> steps_out(const set &settings, const departure *departing)
{
	const bool in_ledger = departing != nullptr;
	if (settings.retention_action != "archive")
		return in_ledger ? std::vector{action::release, removal(settings)} : std::vector{removal(settings)};
	if (!in_ledger || !is_intact(*departing))
		return {action::block, action::archive, removal(settings)};
	if (departing->at != stage::verified)
		return {action::archive, removal(settings)};
	return {removal(settings)};
}

// Held, or attached again by somebody.
bool is_exempt(Oid partition, const departure *departing, const leaving &out)
{
	return out.is_held(partition) || (departing != nullptr && departing->at == stage::detached);
}

void add_steps(const range_set &set, const pg::range_partition &range, Oid newest, const std::string &reason, const departure *departing, plan &steps)
{
	bool waits = false;
	for (const action what : steps_out(set.settings(), departing))
	{
		step next{what, range.partition, {}, set.text(range.lower), set.text(range.upper), {}, reason};
		next.newest = newest;
		next.waits = waits;
		next.begins = !waits && departing == nullptr;
		steps.push_back(std::move(next));
		waits = true;
	}
}

// By age alone, in a key whose present the clock tells: number, size and the
// largest key are questions about all partitions.
bool depends_on_age_only(const set &settings)
{
	return !settings.retain_paused && settings.strategy == strategy_name(pg::partition_strategy::range) && settings.retention &&
		   !settings.retain_partitions && !settings.retain_bytes;
}

} // namespace

retirement plan_retirement(const range_set &set, const position &now, bool confirmed, const plan &created, const leaving &out)
{
	retirement result;
	if (!set.retention() && !set.settings().retain_partitions && !set.settings().retain_bytes)
		return result;
	const coming made = count_coming(created);
	const criterion by = criterion_of(set, now, made);
	const int expired = expired_count(set, now, by, made);
	const Oid newest = expired > 0 ? set.table().range(set.table().bounded() - 1).partition : InvalidOid;
	int fresh = 0;
	for (int n = 0; n < expired; ++n)
	{
		const pg::range_partition range = set.table().range(n);
		if (set.table().has_pending() && pg::detach_pending(range.partition))
			continue; // plan_resumption's, or a user's own
		const departure *departing = out.find(range.partition);
		if (is_exempt(range.partition, departing, out))
			continue;
		fresh += departing == nullptr;
		add_steps(set, range, newest, by.reason, departing, result.steps);
	}
	if (fresh > settings::max_drops && !confirmed)
	{
		std::swap(result.steps, result.held);
		result.why = guard::too_many;
	}
	return result;
}

// One by one, a thousand retirements would otherwise have the server read a
// thousand bounds anew for each: the step before has changed the parent.
std::optional<step> confirm_retirement(const set &settings, const step &wanted, const request &asked)
{
	if (!is_retirement(wanted.what) || wanted.detached || wanted.newest == wanted.partition || !depends_on_age_only(settings))
		return std::nullopt;
	const range_set open(settings);
	const key &k = open.axis_key();
	const std::optional<pg::range_partition> range = open.table().range_of(wanted.partition);
	const std::optional<pg::range_partition> newest = open.table().range_of(wanted.newest);
	if (k.on() == axis::number || !range || !newest)
		return std::nullopt;
	const std::optional<position> upper = open.upper(*range);
	const std::optional<position> stays_from = open.lower(*newest);
	const criterion by = criterion_of(open, open.now(asked.reference_time), {});
	if (!upper || !stays_from || k.compare(*upper, *by.cutoff) > 0 || k.compare(*stays_from, *upper) < 0)
		return std::nullopt;
	const leaving out = leaving_from(settings);
	const departure *departing = out.find(wanted.partition);
	if (is_exempt(wanted.partition, departing, out))
		return std::nullopt;
	plan steps;
	add_steps(open, *range, wanted.newest, by.reason, departing, steps);
	steps.front().parent = settings.parent;
	return steps.front().same_as(wanted) ? std::optional(std::move(steps.front())) : std::nullopt;
}

} // namespace partition
