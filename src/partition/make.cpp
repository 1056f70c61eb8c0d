// make.cpp: making partitions now, or refusing as a whole.
#include "partition/apply.hpp"
#include "partition/settings.hpp"
#include "pg/lock_table.hpp"

namespace partition {

namespace {

void require_room_for_locks(const set &settings, const plan &steps)
{
	const pg::lock_table_need need = pg::lock_table_need_of(settings.parent, steps.size());
	if (need.locks <= need.room)
		return;
	throw pg::failure(ERRCODE_OUT_OF_MEMORY, "cannot make " + std::to_string(steps.size()) + " partitions in one transaction",
					  "They would take about " + std::to_string(need.locks) + " locks, and the lock table has room for about " +
						  std::to_string(need.room) + " (max_locks_per_transaction).",
					  "Give a later start_at or a smaller premake; raise premake afterwards, and CALL mosaic.maintain() or the worker makes the rest, "
					  "one partition a transaction.");
}

} // namespace

std::vector<applied> make_or_refuse(const set &settings, const request &asked)
{
	plan steps;
	for (step &what : plan_level(settings, asked).steps)
		if (!is_retirement(what.what))
			steps.push_back(std::move(what));
	require_room_for_locks(settings, steps);
	std::vector<applied> made = apply(settings, steps, asked);
	if (!made.empty() && made.front().outcome != "done")
		throw pg::failure(ERRCODE_LOCK_NOT_AVAILABLE, "could not lock \"" + pg::qualified_name(settings.parent) + "\" to make partitions",
						  made.front().detail + ".", "Try again when no other DDL or ANALYZE works on the table, or raise mosaic.lock_budget.");
	return made;
}

} // namespace partition
