// make_wanted.cpp: partitions for rows that found none, at once.
//
// Ahead of the ordinary passes over the sets, between any two of them, and
// even for a set that is backing off: what is wanted has a back-off of its
// own, so that a table whose partitions cannot be made holds up no other.
#include "partition/default_partition.hpp"
#include "partition/list_assign.hpp"
#include "partition/log.hpp"
#include "partition/misses.hpp"
#include "partition/missing_row.hpp"
#include "partition/tree.hpp"

namespace partition {

namespace {

enum class progress { settled, made, hindered };

progress make_next(const wanted &what, bool first)
{
	const Oid root = set_around(what.table);
	std::optional<set_state> managed = find_set(root);
	if (!managed)
		return progress::settled;
	if (first && what.lists_key)
		give_list_of_its_own(managed->settings, what.table, what.key);
	const pg::latest_snapshot now; // the list is in there
	managed = find_set(root);
	const std::optional<set> level = managed ? find_level(managed->settings, what.table) : std::nullopt;
	if (!level)
		return progress::settled;
	const request asked{GetCurrentTransactionStartTimestamp()};
	for (const step &due : plan_level(*level, asked).steps)
		if (!is_retirement(due.what) && !is_blocked(due))
		{
			const std::vector<applied> done = apply(*level, {due}, asked);
			return !done.empty() && done.front().outcome != "done" ? progress::hindered : progress::made;
		}
	return progress::settled;
}

// One partition a transaction, until nothing is due of the table.
progress make_all(pg::transaction_driver &driver, const wanted &what)
{
	progress last = progress::made;
	for (bool first = true; last == progress::made && driver.goes_on(); first = false)
	{
		pg::check_for_interrupts();
		driver.begin();
		const ErrorData *error = pg::attempt([&] { last = make_next(what, first); });
		if (error != nullptr)
		{
			last = progress::hindered;
			record_failure(set_around(what.table), work::create, *error);
			pg::notice(LOG, ("could not make a partition of " + pg::qualified_name(what.table) + " for a row without one: " + error->message).c_str(),
					   error->detail, error->hint, error->sqlerrcode);
		}
		driver.commit();
	}
	return last;
}

} // namespace

void make_wanted(pg::transaction_driver &driver, pass_outcome &outcome)
{
	for (const wanted &what : wanted_here())
	{
		if (!driver.goes_on())
			return;
		switch (make_all(driver, what))
		{
		case progress::settled:
			settle(what);
			++outcome.applied;
			break;
		case progress::hindered:
			put_off(what);
			++outcome.failed;
			break;
		case progress::made: // sent away in the middle; the next pass goes on
			break;
		}
	}
}

} // namespace partition
