// issues.cpp: what is or will be wrong with a set, a row an issue.
#include <algorithm>

#include "partition/apply.hpp"
#include "partition/assess.hpp"
#include "partition/default_partition.hpp"
#include "partition/departure_issues.hpp"
#include "partition/guards.hpp"
#include "partition/misses.hpp"
#include "partition/settings.hpp"
#include "partition/validate.hpp"
#include "pg/identity.hpp"
#include "pg/partition_condition.hpp"
#include "pg/rowset.hpp"
#include "pg/table_rows.hpp"

namespace partition {

namespace {

class issue_list {
public:
	explicit issue_list(FunctionCallInfo fcinfo) : rows_(fcinfo) {}

	void about(Oid parent) { parent_ = parent; }

	void add(const char *severity, const char *code, const std::string &detail, const std::string &hint, const std::string &object = {})
	{
		rows_.add({pg::text_value(severity), pg::text_value(code), pg::regclass_value(parent_),
				   object.empty() ? pg::null_of(TEXTOID) : pg::text_value(object), pg::text_value(detail), pg::text_value(hint)});
	}

private:
	pg::rowset rows_;
	Oid parent_ = InvalidOid;
};

std::string call_with(const char *function, Oid parent)
{
	return std::string(function) + "(" + pg::quoted_literal(pg::qualified_name(parent).c_str()) + ");";
}

std::string unpause(const char *column, Oid parent)
{
	return std::string("UPDATE mosaic.partition_set SET ") + column + " = false WHERE parent = " +
		   pg::quoted_literal(pg::qualified_name(parent).c_str()) + "::regclass;";
}

std::string coverage_hint(const set &settings, const assessment &now)
{
	if (settings.create_paused)
		return unpause("create_paused", settings.parent);
	return now.blocked.empty() ? call_with("CALL mosaic.maintain", settings.parent) : drain_command(settings.parent);
}

std::string partitions_text(int count)
{
	return std::to_string(count) + (count == 1 ? " partition is" : " partitions are");
}

std::string short_text(const std::string &covered_until, int intervals_ahead, int premake)
{
	return "Coverage ends at " + covered_until + ", " + std::to_string(intervals_ahead) + " whole intervals ahead instead of " + std::to_string(premake) + ".";
}

constexpr const char *refused_rows = " missing; rows for them are refused or go to the default partition.";

// Of the tables below the parent.
void add_shortages(issue_list &issues, const set &settings, const assessment &now)
{
	for (const shortage &found : now.below)
	{
		const set level = level_of(settings, found.table);
		const std::string object = pg::qualified_name(found.table);
		if (level.strategy != strategy_name(pg::partition_strategy::range))
			issues.add("critical", "partitions_missing", partitions_text(found.due) + refused_rows, coverage_hint(settings, now), object);
		else if (!found.covers_now)
			issues.add("critical", "not_covered", "No partition holds the present; rows for it are refused or go to the default partition.",
					   coverage_hint(settings, now), object);
		else if (found.intervals_ahead < 2)
			issues.add(found.intervals_ahead < 1 ? "critical" : "warning", "coverage_short",
					   short_text(found.covered_until, found.intervals_ahead, level.premake), coverage_hint(settings, now), object);
	}
}

void add_coverage(issue_list &issues, const set &settings, const assessment &now)
{
	add_shortages(issues, settings, now);
	if (now.strategy != pg::partition_strategy::range)
	{
		if (now.due > 0)
			issues.add("critical", "partitions_missing", partitions_text(now.due) + refused_rows, coverage_hint(settings, now));
	}
	else if (now.ends_with_key)
		issues.add("warning", "key_exhausted", "The last partition reaches the end of the key's type; no interval follows.",
				   "Give the key a wider type: that rewrites the table.");
	else if (!now.covers_now)
		issues.add("critical", "not_covered", "No partition holds the present; rows for it are refused or go to the default partition.",
				   coverage_hint(settings, now));
	else if (now.due > 0 && now.intervals_ahead < 2)
		issues.add(now.intervals_ahead < 1 ? "critical" : "warning", "coverage_short",
				   short_text(now.covered_until, now.intervals_ahead, settings.premake), coverage_hint(settings, now));
	for (const gap &hole : now.past_gaps)
		issues.add("info", "gap_in_past", "Rows from " + hole.lower + " to " + hole.upper + " have no partition.",
				   "Nothing is needed unless such rows are expected; a partition made by hand is adopted.");
}

// Partitions of any level that are on their way out and do not get on.
void add_departures(issue_list &issues, const set_state &state)
{
	if (!state.retiring)
		return;
	for (const departure_issue &found : issues_of_departures(state.settings))
		issues.add("warning", found.code, found.detail, found.hint, found.object);
}

void add_retirement(issue_list &issues, const set_state &state, const assessment &now, TimestampTz reference_time)
{
	const set &settings = state.settings;
	if (now.held_back > 0)
		issues.add("warning", guard_code(now.why_held),
				   std::to_string(now.held_back) + (now.held_back == 1 ? " partition is" : " partitions are") + " to be retired, and none is: " +
					   guard_reason(state, now.why_held, reference_time) + ".",
				   "Look: SELECT * FROM " + call_with("mosaic.plan", settings.parent) + " If that is meant: SELECT " +
					   call_with("mosaic.confirm_retention", settings.parent));
	add_departures(issues, state);
	for (const Oid partition : now.pending)
		issues.add("warning", "pending_detach", "A concurrent detach has not finished; the partition's rows are not seen through the parent.",
				   "ALTER TABLE " + pg::qualified_name(settings.parent) + " DETACH PARTITION " + pg::qualified_name(partition) + " FINALIZE;",
				   pg::qualified_name(partition));
}

std::string rows_text(int64 rows)
{
	return std::to_string(rows) + (rows == 1 ? " row" : " rows");
}

std::string number_of_rows(const step &blocked)
{
	const int64 rows = rows_in_default(blocked.parent, default_partition_of(blocked.parent), pg::partition_condition(blocked.parent, blocked.values),
									   pg::most_rows_counted + 1);
	return rows > pg::most_rows_counted ? "More than " + rows_text(pg::most_rows_counted) : rows_text(rows);
}

void add_default(issue_list &issues, const set &settings, const assessment &now)
{
	if (now.default_rows > 0)
		issues.add("warning", "rows_in_default",
				   std::string("The default partition has ") + (now.default_rows > pg::most_rows_counted ? "about " : "") + rows_text(now.default_rows) + ".",
				   drain_command(settings.parent) + " moves those that have a place. Look at them: SELECT * FROM " +
					   pg::qualified_name(now.default_partition) + " LIMIT 10;",
				   pg::qualified_name(now.default_partition));
	for (const step &blocked : now.blocked)
		issues.add("warning", "default_blocks", number_of_rows(blocked) + " of the default partition belong there; the partition cannot be made before they are moved.",
				   drain_command(settings.parent), partition_name(blocked));
}

constexpr int64 remembered = USECS_PER_DAY;

std::string way_out(const set &settings)
{
	const bool lists = settings.strategy == strategy_name(pg::partition_strategy::list) ||
					   std::any_of(settings.levels.begin(), settings.levels.end(), [](const set &level) { return level.lists.has_value(); });
	std::string hint = "No partition is made for such rows by itself. Correct them, or make a partition by hand.";
	if (lists)
		hint += " A key gets a list by: SELECT mosaic.list_assign(" + pg::quoted_literal(pg::qualified_name(settings.parent).c_str()) + ", 'list', ARRAY['key']);";
	return hint;
}

void add_missed(issue_list &issues, const set &settings)
{
	const std::optional<missed> rows = missed_rows(settings.parent);
	if (rows && rows->last > GetCurrentTimestamp() - remembered)
		issues.add("warning", "missed_rows",
				   std::to_string(rows->rows) + (rows->rows == 1 ? " row" : " rows") + " found no partition; the last had " + rows->key + ", at " +
					   pg::iso_timestamptz(rows->last, pg::time_zone(settings.time_zone)) + ".",
				   way_out(settings));
}

void add_moduli(issue_list &issues, const set &settings, const assessment &now)
{
	if (now.coarser > 0)
		issues.add("info", "mixed_moduli", std::to_string(now.coarser) + (now.coarser == 1 ? " partition has" : " partitions have") + " a lesser modulus than the set.",
				   "Every row has its partition. To divide them: CALL mosaic.hash_set_modulus(" +
					   pg::quoted_literal(pg::qualified_name(settings.parent).c_str()) + ", " + std::to_string(now.modulus) + ");");
}

void add_pauses(issue_list &issues, const set &settings)
{
	const auto add = [&](const char *column, const char *detail) { issues.add("info", column, detail, unpause(column, settings.parent)); };
	if (settings.create_paused)
		add("create_paused", "No partitions are made.");
	if (settings.retain_paused)
		add("retain_paused", "No partitions are retired.");
}

void add_all(issue_list &issues, const set_state &state, TimestampTz reference_time)
{
	const set &settings = state.settings;
	const assessment now = assess(state, reference_time);
	issues.about(settings.parent);
	if (now.parent_missing)
		return issues.add("critical", "parent_missing", "The parent with OID " + std::to_string(settings.parent) + " no longer exists.",
						  "SELECT mosaic.drop_parent(" + std::to_string(settings.parent) + ");");
	if (now.error != nullptr)
		return issues.add("critical", "set_invalid", now.error->message, now.error->hint != nullptr ? now.error->hint : "Correct the set by UPDATE mosaic.partition_set.");
	add_coverage(issues, settings, now);
	add_retirement(issues, state, now, reference_time);
	add_default(issues, settings, now);
	add_missed(issues, settings);
	add_moduli(issues, settings, now);
	add_pauses(issues, settings);
}

} // namespace

PG_FUNCTION(mosaic_partition_issues)
{
	issue_list issues(fcinfo);
	const TimestampTz reference_time = require_reference_time(pg::arguments(fcinfo), 0);
	for (const set_state &state : visible_sets())
	{
		pg::check_for_interrupts();
		add_all(issues, state, reference_time);
	}
	return Datum(0);
}

PG_FUNCTION(mosaic_partition_coverage)
{
	pg::rowset rows(fcinfo);
	const TimestampTz reference_time = require_reference_time(pg::arguments(fcinfo), 0);
	const auto optional_time = [](const std::optional<TimestampTz> &at) {
		return at ? pg::timestamptz_value(*at) : pg::null_of(TIMESTAMPTZOID);
	};
	for (const set_state &state : visible_sets())
	{
		pg::check_for_interrupts();
		const assessment now = assess(state, reference_time);
		const bool known = !now.parent_missing && now.error == nullptr;
		rows.add({pg::regclass_value(state.settings.parent), now.covered_until.empty() ? pg::null_of(TEXTOID) : pg::text_value(now.covered_until),
				  optional_time(now.covered_at), optional_time(now.next_create), known ? pg::int4_value(now.partitions) : pg::null_of(INT4OID),
				  OidIsValid(now.default_partition) ? pg::int8_value(now.default_rows) : pg::null_of(INT8OID),
				  known ? pg::int4_value(now.expired) : pg::null_of(INT4OID),
				  now.parent_missing ? pg::text_value("the parent no longer exists")
				  : now.error != nullptr ? pg::text_value(now.error->message)
										 : pg::null_of(TEXTOID)});
	}
	return Datum(0);
}

} // namespace partition
