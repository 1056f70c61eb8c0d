// functions.cpp: the SQL face of maintenance.
#include "partition/log.hpp"
#include "partition/pass.hpp"
#include "partition/show_bound.hpp"
#include "partition/show_plan.hpp"
#include "partition/validate.hpp"
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
	arguments.require(1, "reference_time");
	return DatumGetTimestampTz(arguments.datum(1));
}

pg::value optional_name(const std::string &name)
{
	return name.empty() ? pg::null_of(TEXTOID) : pg::text_value(name);
}

// Each partition, then what is below it.
void show_partitions(pg::rowset &rows, Oid parent, const pg::time_zone &zone)
{
	const pg::partition_table table(parent);
	for (int n = 0; n < table.count(); ++n)
	{
		pg::check_for_interrupts();
		const shown_bound bound = show_bound(table, n, zone);
		rows.add({pg::regclass_value(table.partition(n)), pg::text_value(bound.kind), optional_name(bound.lower), optional_name(bound.upper)});
		if (!table.leaf(n))
			show_partitions(rows, table.partition(n), zone);
	}
}

// The first of the tables whose partitions a level keeps.
Oid first_parent_of_level(Oid parent, int level)
{
	const pg::partition_table table(parent);
	for (int n = 0; n < table.count(); ++n)
		if (!table.leaf(n))
			return level <= 2 ? table.partition(n) : first_parent_of_level(table.partition(n), level - 1);
	return InvalidOid;
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
	pg::rowset rows(fcinfo);
	for (const set_state &state : sets_of(arguments))
		for (const maintained &done : maintain_in_transaction(state, reference_time))
			rows.add({pg::regclass_value(done.parent), pg::text_value(done.action), optional_name(done.partition), optional_name(done.lower),
					  optional_name(done.upper), pg::text_value(done.outcome), optional_name(done.detail)});
	return Datum(0);
}

PG_FUNCTION(mosaic_maintain)
{
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

PG_FUNCTION(mosaic_partition_bounds)
{
	const Oid parent = pg::arguments(fcinfo).oid(0);
	require_partitioned(parent);
	const std::optional<set_state> managed = find_set(parent);
	const pg::time_zone zone(managed ? managed->settings.time_zone : pg::session_time_zone());
	pg::rowset rows(fcinfo);
	show_partitions(rows, parent, zone);
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
	require_manageable(settings.parent);
	validate(settings);
	return trigger.result();
}

// A level has no table of its own to hold the row against; one of its parents
// will do, and without any the next pass is the judge.
PG_FUNCTION(mosaic_validate_partition_level)
{
	const pg::row_trigger trigger(fcinfo);
	set level = set_from(trigger.new_row());
	const Oid parent = first_parent_of_level(level.parent, level_number(trigger.new_row()));
	if (!OidIsValid(parent))
		return trigger.result();
	level.parent = parent;
	validate(level);
	return trigger.result();
}

} // namespace partition
