// plan.cpp: the whole plan of a set.
#include "partition/plan.hpp"

#include <algorithm>

#include "partition/ledger.hpp"
#include "partition/name.hpp"
#include "partition/settings.hpp"

namespace partition {

namespace {

void append(plan &to, plan &&steps)
{
	for (step &what : steps)
		to.push_back(std::move(what));
}

void plan_default(const set &settings, const pg::partition_table &table, plan &steps)
{
	if (!settings.default_partition || OidIsValid(table.default_partition()))
		return;
	names planned;
	for (const step &what : steps)
		planned.insert(what.name);
	steps.push_back({action::create_default, InvalidOid, default_name(settings.parent, planned), {}, {}, "DEFAULT", "the set has a default partition"});
}

void plan_range(const set &settings, const request &asked, retirement &whole)
{
	const range_set open(settings);
	const position now = open.now(asked.reference_time);
	plan created;
	if (!settings.create_paused)
	{
		const bool from_start = asked.from_start && open.start();
		created = plan_creation(open, from_start ? *open.start() : coverage_start(open, now), now, asked.limit);
		plan_default(settings, open.table(), created);
	}
	const leaving out = asked.resuming ? leaving_from(settings) : leaving();
	retirement retired;
	if (!settings.retain_paused)
		retired = plan_retirement(open, now, asked.confirmed, asked.made ? plan{} : created, out);
	plan leave = whole.steps; // those whose retirement is resumed
	append(leave, plan(retired.held.empty() ? retired.steps : retired.held));
	append(whole.steps, std::move(created));
	append(whole.steps, plan_departures(settings, asked.reference_time, out, leave));
	append(whole.steps, std::move(retired.steps));
	whole.held = std::move(retired.held);
	whole.why = retired.why;
}

} // namespace

const char *action_name(action what)
{
	switch (what)
	{
	case action::create:
		return "create";
	case action::create_default:
		return "create_default";
	case action::block:
		return "block";
	case action::archive:
		return "archive";
	case action::drop:
		return "drop";
	case action::detach:
		return "detach";
	case action::move:
		return "move";
	case action::finalize:
		return "finalize";
	case action::release:
		return "release";
	}
	return nullptr;
}

retirement plan_level(const set &settings, const request &asked)
{
	retirement whole;
	const pg::partition_table table(settings.parent);
	if (asked.resuming && !settings.retain_paused)
		whole.steps = plan_resumption(settings);
	const pg::partition_strategy strategy = table.strategy();
	if (strategy == pg::partition_strategy::range)
		plan_range(settings, asked, whole);
	else if (!settings.create_paused)
	{
		append(whole.steps, strategy == pg::partition_strategy::list ? plan_lists(settings, table) : plan_remainders(settings, table));
		plan_default(settings, table, whole.steps);
	}
	for (plan *steps : {&whole.steps, &whole.held})
		for (step &what : *steps)
			what.parent = settings.parent;
	return whole;
}

// What somebody partitioned otherwise than its level says is left alone.
static retirement plan_tree(const set &settings, const request &asked)
{
	const pg::partition_table table(settings.parent);
	if (strategy_name(table.strategy()) != settings.strategy)
		return {};
	retirement whole = plan_level(settings, asked);
	if (settings.levels.empty())
		return whole;
	for (int n = 0; n < table.count(); ++n)
	{
		pg::check_for_interrupts();
		if (table.leaf(n))
			continue;
		retirement below = plan_tree(level_below(settings, table.partition(n)), asked);
		append(whole.steps, std::move(below.steps));
		append(whole.held, std::move(below.held));
		whole.why = below.why != guard::none ? below.why : whole.why;
	}
	return whole;
}

// What has begun is to be ended; a partition that stays is to be written to.
static bool can_be_held(const step &what)
{
	return is_retirement(what.what) && what.what != action::finalize && what.what != action::release;
}

template <typename Which>
static void hold_back(retirement &whole, guard why, Which &&which)
{
	const auto from = std::stable_partition(whole.steps.begin(), whole.steps.end(), [&](const step &what) { return !which(what); });
	for (auto what = from; what != whole.steps.end(); ++what)
		whole.held.push_back(std::move(*what));
	whole.steps.erase(from, whole.steps.end());
	if (!whole.held.empty())
		whole.why = why;
}

// Each table below a set may stay within mosaic.max_drops and all of them
// together not.
static bool are_too_many(const retirement &whole)
{
	const auto begins = [](const step &what) { return what.begins; };
	return std::count_if(whole.steps.begin(), whole.steps.end(), begins) + std::count_if(whole.held.begin(), whole.held.end(), begins) >
		   settings::max_drops;
}

retirement plan_set(const set &settings, const request &asked)
{
	retirement whole = plan_tree(settings, asked);
	if (asked.held != guard::none)
		hold_back(whole, asked.held, can_be_held);
	else if (!asked.confirmed && are_too_many(whole))
		hold_back(whole, guard::too_many, [](const step &what) { return what.begins || what.waits; });
	return whole;
}

plan creation_steps(const plan &steps)
{
	plan kept;
	for (const step &what : steps)
		if (!is_retirement(what.what))
			kept.push_back(what);
	return kept;
}

plan retirement_steps(const plan &steps)
{
	plan kept;
	for (const step &what : steps)
		if (is_retirement(what.what))
			kept.push_back(what);
	return kept;
}

} // namespace partition
