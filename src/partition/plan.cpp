// plan.cpp: the whole plan of a set.
#include "partition/plan.hpp"

namespace partition {

static void append(plan &to, plan &&steps)
{
	for (step &what : steps)
		to.push_back(std::move(what));
}

const char *action_name(action what)
{
	switch (what)
	{
	case action::create:
		return "create";
	case action::create_default:
		return "create_default";
	case action::drop:
		return "drop";
	case action::detach:
		return "detach";
	case action::move:
		return "move";
	case action::finalize:
		return "finalize";
	}
	return nullptr;
}

retirement plan_set(const set &settings, const request &asked)
{
	const range_set open(settings);
	const position now = open.now(asked.reference_time);
	retirement whole;
	plan created;
	if (asked.resuming && !settings.retain_paused)
		whole.steps = plan_resumption(open);
	if (!settings.create_paused)
	{
		const bool from_start = asked.from_start && open.start();
		created = plan_creation(open, from_start ? *open.start() : coverage_start(open, now), now, asked.limit);
		if (settings.default_partition && !OidIsValid(open.table().default_partition()))
			created.push_back({action::create_default, InvalidOid, open.default_name(), "DEFAULT", "DEFAULT", "the set has a default partition"});
	}
	retirement retired;
	if (!settings.retain_paused)
		retired = plan_retirement(open, now, asked.confirmed, asked.made ? plan{} : created);
	append(whole.steps, std::move(created));
	append(whole.steps, std::move(retired.steps));
	whole.held_back = retired.held_back;
	return whole;
}

} // namespace partition
