// make.cpp: making partitions now, or refusing as a whole.
#include "partition/apply.hpp"
#include "partition/default_partition.hpp"
#include "partition/room.hpp"
#include "partition/settings.hpp"

namespace partition {

static void tell_blocked(const set &settings, const step &blocked)
{
	const std::string text = "partition " + partition_name(blocked) + " has not been made, because rows of the default partition belong there";
	pg::notice(NOTICE, text.c_str(), nullptr, ("Let them be moved: " + drain_command(settings.root)).c_str());
}

static pg::failure locks_missing(Oid table)
{
	return {ERRCODE_LOCK_NOT_AVAILABLE, "could not lock \"" + pg::qualified_name(table) + "\" to make partitions",
			"A lock did not come within " + std::to_string(settings::lock_budget) + " ms.",
			"Try again when no other DDL or ANALYZE works on the table, or raise mosaic.lock_budget."};
}

std::vector<applied> make_or_refuse(const set &settings, const request &asked)
{
	request limited = asked;
	limited.limit = most_partitions_at_once(settings.parent) + 1;
	plan steps;
	for (step &what : plan_level(settings, limited).steps)
		if (!is_retirement(what.what))
			steps.push_back(std::move(what));
	require_room(settings.parent, steps.size());
	for (const step &blocked : take_blocked(steps))
		tell_blocked(settings, blocked);
	std::vector<applied> made = apply(settings, steps, limited);
	if (!made.empty() && made.front().outcome != "done")
		throw locks_missing(settings.parent);
	return made;
}

std::vector<applied> make_or_refuse(const std::vector<set> &levels, const request &asked)
{
	if (levels.size() > 1 && !lock_for_creation(levels))
		throw locks_missing(levels.front().root);
	std::vector<applied> made;
	for (const set &level : levels)
		for (applied &one : make_or_refuse(level, asked))
			made.push_back(std::move(one));
	return made;
}

} // namespace partition
