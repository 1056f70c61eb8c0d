// pass_in_transaction.cpp: the pass of one set that commits nothing itself.
//
// Steps are applied behind one lock and one look at the bounds, and what would
// keep the caller's locks for long is left to a pass with transactions of its
// own.
#include <algorithm>

#include "partition/pass.hpp"

#include "partition/default_partition.hpp"
#include "partition/drain_default.hpp"
#include "partition/guards.hpp"
#include "partition/room.hpp"

namespace partition {

namespace {

// Some steps need other locks than those that come after or before.
bool stands_alone(const step &what)
{
	return what.detached || (is_retirement(what.what) && !removes(what.what));
}

// Runs of steps with one parent and the same locks, as apply() takes them.
std::vector<plan> together(const plan &steps)
{
	std::vector<plan> groups;
	for (const step &what : steps)
	{
		if (groups.empty() || groups.back().front().parent != what.parent || stands_alone(groups.back().front()) || stands_alone(what))
			groups.emplace_back();
		groups.back().push_back(what);
	}
	return groups;
}

work kind_of(const step &what)
{
	return is_retirement(what.what) ? work::retain : work::create;
}

maintained row_of(Oid parent, const applied &done)
{
	return {parent, kind_of(done.what), action_name(done.what.what), done.partition, done.what.lower, done.what.upper, done.outcome, done.detail};
}

maintained row_of(const set &settings, const step &what, const ErrorData &error)
{
	return {settings.root, kind_of(what), action_name(what.what), partition_name(what), what.lower, what.upper, "failed", error_text(error)};
}

maintained row_of(const set &settings, const step &blocked)
{
	return {settings.root, kind_of(blocked), action_name(blocked.what), partition_name(blocked), blocked.lower, blocked.upper, "blocked",
			"rows of the default partition belong there; " + drain_command(settings.root)};
}

// A file cannot be taken back when the caller's transaction is, and nobody
// should be kept from writing for as long as that lasts.
plan put_off_archiving(const plan &steps, Oid parent, std::vector<maintained> &rows)
{
	plan others;
	for (const step &what : steps)
		if (what.what != action::block && what.what != action::archive)
			others.push_back(what);
		else if (!what.waits)
			rows.push_back({parent, work::retain, action_name(action::archive), partition_name(what), what.lower, what.upper, "deferred",
							"archiving needs transactions of its own: CALL mosaic.maintain() or the worker"});
	return others;
}

bool none_failed(const std::vector<maintained> &rows, work kind)
{
	return std::none_of(rows.begin(), rows.end(), [kind](const maintained &row) { return row.outcome == "failed" && row.kind == kind; });
}

// Applies steps behind one lock and one look at the bounds, which each of them
// would otherwise make the server read again.  Where they fail together they
// are tried one by one, so that one does not hold up the others; its error is
// recorded and becomes a row.
bool apply_and_report(const set &settings, const plan &steps, const request &asked, std::vector<maintained> &rows)
{
	std::vector<applied> done;
	const ErrorData *error = pg::attempt([&] { done = apply(settings, steps, asked); });
	if (error == nullptr)
	{
		for (const applied &one : done)
			rows.push_back(row_of(settings.root, one));
		return true;
	}
	if (steps.size() == 1)
	{
		record_failed_step(settings, steps.front(), *error);
		const work kind = kind_of(steps.front());
		if (none_failed(rows, kind)) // failures are counted by the pass
			record_failure(settings.root, kind, *error);
		rows.push_back(row_of(settings, steps.front(), *error));
		return false;
	}
	bool well = true;
	for (const step &what : steps)
	{
		pg::check_for_interrupts();
		well = apply_and_report(settings, {what}, asked, rows) && well;
		if (!rows.empty() && rows.back().outcome == "deferred")
			break; // who keeps this one waiting would keep the next one as well
	}
	return well;
}

} // namespace

std::vector<maintained> maintain_in_transaction(const set_state &state, TimestampTz reference_time)
{
	const Oid parent = state.settings.parent;
	std::vector<maintained> rows;
	request asked;
	plan steps;
	const auto look = [&] {
		require_parent(parent);
		asked = request_for(state, reference_time);
		asked.limit = most_partitions_at_once(parent) + 1;
		steps = plan_set(state.settings, asked).steps;
		require_room(parent, creation_steps(steps).size());
	};
	ErrorData *error = pg::attempt([&] { look_without_locks(look); });
	if (error != nullptr)
	{
		record_failure(parent, work::create, *error);
		return {{parent, work::create, "plan", {}, {}, {}, "failed", error->message}};
	}
	bool created_well = true;
	plan due = creation_steps(steps);
	plan blocked;
	look_without_locks([&] { blocked = take_blocked(due); });
	for (const step &what : blocked)
		rows.push_back(row_of(state.settings, what));
	for (const plan &created : together(due))
		created_well = apply_and_report(level_of(state.settings, created.front().parent), created, asked, rows) && created_well;
	bool retired_well = true;
	for (const plan &retired : together(put_off_archiving(retirement_steps(steps), parent, rows)))
		retired_well = apply_and_report(level_of(state.settings, retired.front().parent), retired, asked, rows) && retired_well;
	if (state.confirmed)
		clear_confirmation(parent);
	if (state.create_retry && created_well)
		clear_failure(parent, work::create);
	if (state.retain_retry && retired_well)
		clear_failure(parent, work::retain);
	return rows;
}

} // namespace partition
