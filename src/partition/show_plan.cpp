// show_plan.cpp: mosaic.plan(), the plan as rows.
#include "partition/show_plan.hpp"

#include "partition/apply.hpp"
#include "partition/archive.hpp"
#include "partition/ddl.hpp"
#include "partition/default_partition.hpp"
#include "partition/guards.hpp"
#include "pg/foreign_keys.hpp"
#include "pg/naming.hpp"

namespace partition {

namespace {

std::string joined(const std::vector<std::string> &statements)
{
	std::string text;
	for (const std::string &sql : statements)
		text += (text.empty() ? "" : " ") + sql + ";";
	return text;
}

std::string reason_of(const step &what, const set &whole)
{
	return is_blocked(what) ? what.reason + "; blocked by rows of the default partition: " + drain_command(whole.parent) : what.reason;
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

// The index has its name when the partition is attached.
std::string identity_of(const inherited &from_parent)
{
	if (!OidIsValid(from_parent.identity_index))
		return {};
	return " /* then REPLICA IDENTITY USING INDEX, the partition's own of " + pg::quoted_identifier(pg::relation_name(from_parent.identity_index).c_str()) + " */";
}

std::string command_of(const level_context &level, const step &what)
{
	if (what.what == action::archive)
		return archive_command(level.settings, what);
	if (is_retirement(what.what))
		return joined(retirement_ddl_of(level.settings, what, level.referenced));
	const creation_ddl sql = creation_ddl_of(level.settings, what, level.from_parent);
	return joined(sql.table) + " " + joined(sql.place) + identity_of(level.from_parent);
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
		show(what, reason_of(what, state.settings));
	for (const step &what : planned.held)
		show(what, held + what.reason);
}

} // namespace partition
