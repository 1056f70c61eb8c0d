// show_plan.cpp: mosaic.plan(), the plan as rows.
#include "partition/show_plan.hpp"

#include "partition/apply.hpp"
#include "partition/archive.hpp"
#include "partition/ddl.hpp"
#include "partition/guards.hpp"
#include "pg/foreign_keys.hpp"

namespace partition {

namespace {

std::string joined(const std::vector<std::string> &statements)
{
	std::string text;
	for (const std::string &sql : statements)
		text += (text.empty() ? "" : " ") + sql + ";";
	return text;
}

// What a level's statements have in common.
struct level_context {
	set settings;
	inherited from_parent;
	bool referenced;
};

level_context context_of(const set &whole, Oid parent)
{
	const set level = level_of(whole, parent);
	return {level, inherited_of(level), !pg::foreign_keys_of(parent).referencing.empty()};
}

std::string command_of(const level_context &level, const step &what)
{
	if (what.what == action::archive)
		return archive_command(level.settings, what);
	if (is_retirement(what.what))
		return joined(retirement_ddl_of(level.settings, what, level.referenced));
	const creation_ddl sql = creation_ddl_of(level.settings, what, level.from_parent);
	return joined(sql.table) + " " + joined(sql.place);
}

} // namespace

void show_plan(pg::rowset &rows, const set_state &state, TimestampTz reference_time)
{
	const retirement planned = plan_set(state.settings, request_for(state, reference_time));
	const std::string held = planned.held.empty() ? "" : "held back, because " + guard_reason(state, planned.why, reference_time) + "; ";
	std::optional<level_context> level;
	int number = 0;
	const auto show = [&](const step &what, const std::string &reason) {
		pg::check_for_interrupts();
		if (!level || level->settings.parent != what.parent)
			level = context_of(state.settings, what.parent);
		rows.add({pg::regclass_value(state.settings.parent), pg::int4_value(++number), pg::text_value(action_name(what.what)),
				  pg::text_value(partition_name(what)), pg::text_value(what.lower), pg::text_value(what.upper), pg::text_value(reason),
				  pg::text_value(command_of(*level, what))});
	};
	for (const step &what : planned.steps)
		show(what, what.reason);
	for (const step &what : planned.held)
		show(what, held + what.reason);
}

} // namespace partition
