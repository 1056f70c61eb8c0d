// plan_departures.cpp: what else is to be done with partitions on their way
// out.
#include <algorithm>

#include "partition/ledger.hpp"
#include "pg/identity.hpp"

namespace partition {

namespace {

// After so many attempts in a row that failed, writers come first; then it is
// blocked and tried again.
constexpr int attempts_before_release = 5;

bool is_in(const plan &steps, Oid partition)
{
	return std::any_of(steps.begin(), steps.end(), [=](const step &what) { return what.partition == partition; });
}

const char *reason_to_free(const set &settings, const departure &one, const plan &leave)
{
	if (settings.retain_paused)
		return "retention is paused";
	if (!is_in(leave, one.relation))
		return "it no longer has to go";
	if (one.failed && one.attempts % attempts_before_release == 0)
		return "it could not be archived";
	return nullptr;
}

} // namespace

plan plan_departures(const set &settings, TimestampTz reference_time, const leaving &out, const plan &leave)
{
	plan steps;
	for (const departure &one : out.open)
	{
		if (!OidIsValid(pg::owner_of(one.relation)))
			continue; // gone; its row is closed with the next change
		if (pg::detach_pending(one.relation))
			continue; // plan_resumption's
		step what{action::drop, one.relation, {}, one.lower, one.upper, {}, "has cooled down"};
		if (one.at != stage::detached)
		{
			const char *reason = reason_to_free(settings, one, leave);
			if (reason == nullptr)
				continue;
			what.what = action::release;
			what.reason = reason;
		}
		else if (settings.retain_paused || !one.drop_after || *one.drop_after > reference_time || !why_kept(settings, one, out).empty())
			continue;
		else
			what.detached = true;
		steps.push_back(std::move(what));
	}
	return steps;
}

} // namespace partition
