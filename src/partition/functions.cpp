// functions.cpp: the SQL face of maintenance.
#include <algorithm>

#include "partition/guards.hpp"
#include "partition/log.hpp"
#include "partition/pass.hpp"
#include "partition/show_bound.hpp"
#include "partition/show_plan.hpp"
#include "partition/tree.hpp"
#include "partition/validate.hpp"
#include "pg/identity.hpp"
#include "pg/library.hpp"
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

// Each partition, then what is below it, in the zone of its level.
void show_partitions(pg::rowset &rows, Oid parent, const std::vector<pg::time_zone> &zones, std::size_t level = 0)
{
	const pg::partition_table table(parent);
	for (int n = 0; n < table.count(); ++n)
	{
		pg::check_for_interrupts();
		const shown_bound bound = show_bound(table, n, zones[std::min(level, zones.size() - 1)]);
		rows.add({pg::regclass_value(table.partition(n)), pg::text_value(bound.kind), optional_name(bound.lower), optional_name(bound.upper)});
		if (!table.leaf(n))
			show_partitions(rows, table.partition(n), zones, level + 1);
	}
}

std::vector<pg::time_zone> zones_of(Oid parent)
{
	const std::optional<set_state> managed = find_set(parent);
	std::vector<pg::time_zone> zones;
	zones.emplace_back(managed ? managed->settings.time_zone : pg::session_time_zone());
	if (managed)
		for (const set &level : managed->settings.levels)
			zones.emplace_back(level.time_zone);
	return zones;
}

} // namespace

PG_FUNCTION(mosaic_plan)
{
	pg::require_same_series();
	const pg::arguments arguments(fcinfo);
	const TimestampTz reference_time = reference_time_of(arguments);
	pg::rowset rows(fcinfo);
	for (const set_state &state : sets_of(arguments))
		show_plan(rows, state, reference_time);
	return Datum(0);
}

PG_FUNCTION(mosaic_run_maintenance)
{
	pg::require_same_series();
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
	pg::require_same_series();
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
	pg::require_same_series();
	const Oid parent = pg::arguments(fcinfo).oid(0);
	require_set(parent);
	pg::require_ownership(parent);
	require_primary("mosaic.confirm_retention()");
	confirm_retention(parent);
	note_guard(parent);
	return Datum(0);
}

PG_FUNCTION(mosaic_partition_bounds)
{
	const Oid parent = pg::arguments(fcinfo).oid(0);
	require_partitioned(parent);
	pg::rowset rows(fcinfo);
	show_partitions(rows, parent, zones_of(parent));
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
	if (trigger.has_old_row())
		require_archive_target(settings, set_from(trigger.old_row()));
	return trigger.result();
}

// A level has no table of its own to hold the row against; one of its parents
// will do, and without any the next pass is the judge.
PG_FUNCTION(mosaic_validate_partition_level)
{
	const pg::row_trigger trigger(fcinfo);
	set level = set_from(trigger.new_row());
	const Oid parent = first_table_of_level(level.parent, level_number(trigger.new_row()), level.strategy);
	if (!OidIsValid(parent))
		return trigger.result();
	level.parent = parent;
	level.depth = level_number(trigger.new_row());
	validate(level);
	if (trigger.has_old_row())
		require_archive_target(level, set_from(trigger.old_row()));
	return trigger.result();
}

} // namespace partition
