// assess.cpp: how a set stands.
#include "partition/assess.hpp"

#include <algorithm>

#include "partition/default_partition.hpp"
#include "partition/guards.hpp"
#include "partition/split_remainder.hpp"
#include "partition/tree.hpp"
#include "pg/identity.hpp"
#include "pg/table_rows.hpp"

namespace partition {

namespace {

// Ahead of this many intervals nobody asks how far the coverage goes.
constexpr int most_intervals_counted = 10000;

std::optional<TimestampTz> instant(const range_set &set, const position &at)
{
	switch (set.axis_key().on())
	{
	case axis::instant:
		return at.time;
	case axis::local:
		return set.zone().to_instant(at.time);
	case axis::number:
		break;
	}
	return std::nullopt;
}

struct coverage {
	bool holds_now = false;
	bool endless = false;
	position until;
	pg::range_partition last; // of an endless coverage
};

// The span without a gap that holds now; looks at the ranges from now on only.
coverage coverage_of(const range_set &set, const position &now)
{
	const key &k = set.axis_key();
	coverage result;
	result.until = now;
	int first = set.table().bounded();
	for (; first > 0; --first)
	{
		const std::optional<position> upper = set.upper(set.table().range(first - 1));
		if (upper && k.compare(*upper, now) <= 0)
			break;
	}
	for (int n = first; n < set.table().bounded(); ++n)
	{
		const pg::range_partition range = set.table().range(n);
		const std::optional<position> lower = set.lower(range);
		if (lower && k.compare(result.until, *lower) < 0)
			break;
		result.holds_now = true;
		const std::optional<position> upper = set.upper(range);
		if (!upper || set.is_infinite(*upper))
		{
			result.endless = true;
			result.last = range;
			break;
		}
		result.until = *upper;
	}
	return result;
}

// Has the key run out, or did somebody leave the last partition open?
bool ends_with_key(const range_set &set, const pg::range_partition &last)
{
	const std::optional<position> lower = set.lower(last);
	if (!lower || set.is_infinite(*lower))
		return false;
	return set.axis_key().encode(set.boundaries().next(*lower)).at == pg::range_bound::kind::maxvalue;
}

// Whole intervals of a coverage after the one that holds now, as far as
// anybody asks; due: the interval whose end is so far away as the set wants.
int count_ahead(const range_set &set, const position &now, const coverage &covered, position *due = nullptr)
{
	int ahead = 0;
	position end = set.boundaries().next(now);
	if (due != nullptr)
		*due = end;
	while (ahead < most_intervals_counted && set.axis_key().compare(set.boundaries().next(end), covered.until) <= 0)
	{
		end = set.boundaries().next(end);
		if (++ahead > set.settings().premake && due != nullptr)
			*due = set.boundaries().next(*due);
	}
	return ahead;
}

void assess_coverage(const range_set &set, const position &now, assessment &result)
{
	const coverage covered = coverage_of(set, now);
	result.covers_now = covered.holds_now;
	if (!covered.holds_now)
		return;
	if (covered.endless)
	{
		result.covered_until = set.text(covered.last.upper);
		result.ends_with_key = ends_with_key(set, covered.last);
		return;
	}
	result.covered_until = set.text(set.axis_key().encode(covered.until));
	result.covered_at = instant(set, covered.until);
	position due;
	result.intervals_ahead = count_ahead(set, now, covered, &due);
	if (result.intervals_ahead >= set.settings().premake)
		result.next_create = instant(set, due);
}

void assess_past(const range_set &set, const position &now, assessment &result)
{
	for (int n = 1; n < set.table().bounded(); ++n)
	{
		const pg::range_partition before = set.table().range(n - 1);
		const pg::range_partition after = set.table().range(n);
		const std::optional<position> from = set.upper(before);
		const std::optional<position> to = set.lower(after);
		if (from && to && set.axis_key().compare(*from, *to) < 0 && set.axis_key().compare(*to, now) <= 0)
			result.past_gaps.push_back({set.text(before.upper), set.text(after.lower)});
	}
}

void assess_pending(const pg::partition_table &table, assessment &result)
{
	if (!table.has_pending())
		return;
	for (int n = 0; n < table.count(); ++n)
		if (pg::detach_pending(table.partition(n)))
			result.pending.push_back(table.partition(n));
}

void assess_range(const set_state &state, TimestampTz reference_time, assessment &result)
{
	const range_set set(state.settings);
	const position now = set.now(reference_time);
	// A set that begins later is to cover from its beginning.
	const bool begins_later = set.start() && set.axis_key().compare(now, *set.start()) < 0;
	assess_coverage(set, begins_later ? *set.start() : now, result);
	assess_past(set, now, result);
	if (set.table().bounded() > 0)
		if (const std::optional<position> oldest = set.lower(set.table().range(0)); oldest && !set.is_infinite(*oldest))
			result.oldest_at = instant(set, *oldest);
}

// What is due is due, whether or not somebody paused it.
set without_pauses(const set &settings)
{
	set going = settings;
	going.create_paused = going.retain_paused = false;
	for (set &level : going.levels)
		level.create_paused = level.retain_paused = false;
	return going;
}

shortage shortage_of(const set &level, TimestampTz reference_time)
{
	shortage found{level.parent};
	if (level.strategy == strategy_name(pg::partition_strategy::range))
	{
		const range_set open(level);
		const position now = open.now(reference_time);
		const coverage covered = coverage_of(open, now);
		found.covers_now = covered.holds_now;
		if (covered.holds_now)
		{
			found.intervals_ahead = count_ahead(open, now, covered);
			found.covered_until = open.text(open.axis_key().encode(covered.until));
		}
	}
	return found;
}

void assess_plan(const set_state &state, TimestampTz reference_time, assessment &result)
{
	const set settings = without_pauses(state.settings);
	const auto leaves = [](const step &what) { return removes(what.what) && !what.detached; };
	const retirement planned = plan_set(settings, request_for(state, reference_time));
	result.held_back = static_cast<int>(std::count_if(planned.held.begin(), planned.held.end(), leaves));
	result.expired = result.held_back + static_cast<int>(std::count_if(planned.steps.begin(), planned.steps.end(), leaves));
	result.why_held = planned.why;
	for (const step &what : planned.steps)
	{
		if (is_blocked(what))
			result.blocked.push_back(what);
		if (is_retirement(what.what))
			continue;
		if (what.parent == settings.parent)
			++result.due;
		else
		{
			if (result.below.empty() || result.below.back().table != what.parent)
				result.below.push_back(shortage_of(level_of(settings, what.parent), reference_time));
			++result.below.back().due;
		}
	}
}

void assess_moduli(const set &whole, assessment &result)
{
	const int level = hash_level(whole);
	if (level == 0 || !level_numbered(whole, level).modulus)
		return;
	result.modulus = *level_numbered(whole, level).modulus;
	for (const Oid table : tables_of_level(whole, level))
		result.coarser += static_cast<int>(coarser_partitions(table, result.modulus).size());
}

void assess_open(const set_state &state, TimestampTz reference_time, assessment &result)
{
	const pg::partition_table table(state.settings.parent);
	result.strategy = table.strategy();
	result.partitions = table.count();
	result.default_partition = table.default_partition();
	if (OidIsValid(result.default_partition))
		result.default_rows = pg::estimated_rows(result.default_partition);
	assess_pending(table, result);
	if (result.strategy == pg::partition_strategy::range)
		assess_range(state, reference_time, result);
	assess_moduli(state.settings, result);
	assess_plan(state, reference_time, result);
}

} // namespace

assessment assess(const set_state &state, TimestampTz reference_time)
{
	assessment result;
	result.parent_missing = !OidIsValid(pg::owner_of(state.settings.parent));
	if (result.parent_missing)
		return result;
	result.error = pg::attempt([&] { assess_open(state, reference_time, result); });
	return result;
}

std::vector<set_state> visible_sets()
{
	const bool monitors = pg::is_monitor();
	std::vector<set_state> visible;
	for (set_state &state : all_sets())
		if (monitors || pg::owns(state.settings.parent))
			visible.push_back(std::move(state));
	return visible;
}

} // namespace partition
