// functions.cpp: the SQL face of maintenance.
#include "partition/ddl.hpp"
#include "partition/log.hpp"
#include "partition/pass.hpp"
#include "partition/validate.hpp"
#include "pg/foreign_keys.hpp"
#include "pg/identity.hpp"
#include "pg/routing.hpp"
#include "pg/rowset.hpp"
#include "pg/trigger.hpp"

namespace partition {

namespace {

// The set of a parent, or every set whose parent the current role owns.
std::vector<set_state> sets_of(const pg::arguments &arguments)
{
	if (!arguments.null(0))
	{
		const Oid parent = arguments.oid(0);
		set_state found = require_set(parent);
		pg::require_ownership_or_gone(parent);
		return {found};
	}
	std::vector<set_state> owned;
	for (set_state &state : all_sets())
		if (pg::owns(state.settings.parent))
			owned.push_back(std::move(state));
	return owned;
}

TimestampTz reference_time_of(const pg::arguments &arguments)
{
	return require_reference_time(arguments, 1);
}

pg::value optional_name(const std::string &name)
{
	return name.empty() ? pg::null_of(TEXTOID) : pg::text_value(name);
}

std::string command_text(const set &settings, const step &what, const inherited &from_parent, bool referenced)
{
	std::string text;
	for (const std::string &sql : ddl_of(settings, what, from_parent, referenced))
		text += (text.empty() ? "" : " ") + sql + ";";
	return text;
}

void show_plan(pg::rowset &rows, const set_state &state, TimestampTz reference_time)
{
	const set &settings = state.settings;
	const retirement planned = plan_set(settings, {reference_time, state.confirmed, state.retiring});
	if (planned.steps.empty())
		return;
	const inherited from_parent = inherited_of(settings, newest_partition(settings));
	const bool referenced = !pg::foreign_keys_of(settings.parent).referencing.empty();
	int number = 0;
	for (const step &what : planned.steps)
	{
		pg::check_for_interrupts();
		rows.add({pg::regclass_value(settings.parent), pg::int4_value(++number), pg::text_value(action_name(what.what)),
				  pg::text_value(partition_name(settings, what)), pg::text_value(what.lower), pg::text_value(what.upper),
				  pg::text_value(what.reason), pg::text_value(command_text(settings, what, from_parent, referenced))});
	}
}

} // namespace

PG_FUNCTION(mosaic_plan)
{
	const pg::arguments arguments(fcinfo);
	const TimestampTz reference_time = reference_time_of(arguments);
	pg::rowset rows(fcinfo);
	for (const set_state &state : sets_of(arguments))
		show_plan(rows, state, reference_time);
	return Datum(0);
}

PG_FUNCTION(mosaic_run_maintenance)
{
	const pg::arguments arguments(fcinfo);
	const TimestampTz reference_time = reference_time_of(arguments);
	require_primary("mosaic.run_maintenance()");
	pg::rowset rows(fcinfo);
	for (const set_state &state : sets_of(arguments))
		for (const maintained &done : maintain_in_transaction(state, reference_time))
			rows.add({pg::regclass_value(done.parent), pg::text_value(done.action), optional_name(done.partition), optional_name(done.lower),
					  optional_name(done.upper), pg::text_value(done.outcome), optional_name(done.detail)});
	return Datum(0);
}

PG_FUNCTION(mosaic_maintain)
{
	require_primary("mosaic.maintain()");
	if (!pg::may_commit(fcinfo))
		throw pg::failure(ERRCODE_INVALID_TRANSACTION_TERMINATION, "mosaic.maintain() cannot run inside a transaction block",
						  "It commits after each step.", "CALL it by itself, or use mosaic.run_maintenance() here.");
	std::vector<Oid> parents;
	for (const set_state &state : sets_of(pg::arguments(fcinfo)))
		parents.push_back(state.settings.parent);
	pg::procedure_transactions driver;
	maintain_sets(driver, parents);
	return Datum(0);
}

PG_FUNCTION(mosaic_confirm_retention)
{
	const Oid parent = pg::arguments(fcinfo).oid(0);
	require_set(parent);
	pg::require_ownership(parent);
	confirm_retention(parent);
	return Datum(0);
}

// Bounds of any partitioned table; in the set's zone where it is managed.
PG_FUNCTION(mosaic_partition_bounds)
{
	const Oid parent = pg::arguments(fcinfo).oid(0);
	require_manageable(parent);
	const std::optional<set_state> managed = find_set(parent);
	const pg::time_zone zone(managed ? managed->settings.time_zone : pg::session_time_zone());
	const pg::partition_table table(parent);
	const Oid type = table.key().type;
	pg::rowset rows(fcinfo);
	for (int n = 0; n < table.ranges(); ++n)
	{
		const pg::range_partition range = table.range(n);
		const bool pending = table.has_pending() && pg::detach_pending(range.partition);
		rows.add({pg::regclass_value(range.partition), pg::text_value(pending ? "pending" : "range"),
				  pg::text_value(bound_text(type, range.lower, zone)), pg::text_value(bound_text(type, range.upper, zone))});
	}
	if (OidIsValid(table.default_partition()))
		rows.add({pg::regclass_value(table.default_partition()), pg::text_value("default"), pg::null_of(TEXTOID), pg::null_of(TEXTOID)});
	return Datum(0);
}

PG_FUNCTION(mosaic_partition_for)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	const Oid partition = pg::route(fcinfo);
	if (!OidIsValid(partition))
		PG_RETURN_NULL();
	PG_RETURN_OID(partition);
}

PG_FUNCTION(mosaic_validate_partition_set)
{
	const pg::row_trigger trigger(fcinfo);
	const set settings = set_from(trigger.new_row());
	pg::require_relation(settings.parent);
	require_manageable(settings.parent);
	validate(settings);
	return trigger.result();
}

} // namespace partition
