// issues.cpp: what is or will be wrong with a set, a row an issue.
#include "partition/assess.hpp"
#include "partition/settings.hpp"
#include "pg/identity.hpp"
#include "pg/rowset.hpp"

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

std::string maintain_hint(Oid parent)
{
	return call_with("CALL mosaic.maintain", parent);
}

void add_coverage(issue_list &issues, const set &settings, const assessment &now)
{
	if (now.strategy != pg::partition_strategy::range)
	{
		if (now.due > 0)
			issues.add("critical", "partitions_missing", std::to_string(now.due) + " partitions are missing; rows for them are refused or go to the default partition.",
					   maintain_hint(settings.parent));
	}
	else if (now.ends_with_key)
		issues.add("warning", "key_exhausted", "The last partition reaches the end of the key's type; no interval follows.",
				   "Give the key a wider type: that rewrites the table.");
	else if (!now.covers_now)
		issues.add("critical", "not_covered", "No partition holds the present; rows for it are refused or go to the default partition.",
				   maintain_hint(settings.parent));
	else if (now.due > 0 && now.intervals_ahead < 2)
		issues.add(now.intervals_ahead < 1 ? "critical" : "warning", "coverage_short",
				   "Coverage ends at " + now.covered_until + ", " + std::to_string(now.intervals_ahead) + " whole intervals ahead instead of " +
					   std::to_string(settings.premake) + ".",
				   maintain_hint(settings.parent));
	for (const gap &hole : now.past_gaps)
		issues.add("info", "gap_in_past", "Rows from " + hole.lower + " to " + hole.upper + " have no partition.",
				   "Nothing is needed unless such rows are expected; a partition made by hand is adopted.");
}

void add_retirement(issue_list &issues, const set &settings, const assessment &now)
{
	if (now.held_back > 0)
		issues.add("warning", "retention_held",
				   std::to_string(now.held_back) + " partitions are to be retired at once, more than mosaic.max_drops (" +
					   std::to_string(settings::max_drops) + "); none is.",
				   "If that is meant: SELECT " + call_with("mosaic.confirm_retention", settings.parent));
	for (const Oid partition : now.pending)
		issues.add("warning", "pending_detach", "A concurrent detach has not finished; the partition's rows are not seen through the parent.",
				   "ALTER TABLE " + pg::qualified_name(settings.parent) + " DETACH PARTITION " + pg::qualified_name(partition) + " FINALIZE;",
				   pg::qualified_name(partition));
}

void add_default(issue_list &issues, const assessment &now)
{
	if (now.default_rows > 0)
		issues.add("warning", "rows_in_default", "The default partition has about " + std::to_string(now.default_rows) + " rows.",
				   "A partition whose range holds one of them cannot be made. Look at them: SELECT * FROM " +
					   pg::qualified_name(now.default_partition) + " LIMIT 10;",
				   pg::qualified_name(now.default_partition));
}

void add_pauses(issue_list &issues, const set &settings)
{
	const std::string hint = "UPDATE mosaic.partition_set SET %s = false WHERE parent = " +
							 pg::quoted_literal(pg::qualified_name(settings.parent).c_str()) + "::regclass;";
	const auto add = [&](const char *column, const char *detail) {
		std::string statement = hint;
		statement.replace(statement.find("%s"), 2, column);
		issues.add("info", column, detail, statement);
	};
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
	add_retirement(issues, settings, now);
	add_default(issues, now);
	add_pauses(issues, settings);
}

} // namespace

PG_FUNCTION(mosaic_partition_issues)
{
	issue_list issues(fcinfo);
	const TimestampTz reference_time = DatumGetTimestampTz(pg::arguments(fcinfo).datum(0));
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
	const TimestampTz reference_time = DatumGetTimestampTz(pg::arguments(fcinfo).datum(0));
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
				  now.error != nullptr ? pg::text_value(now.error->message) : pg::null_of(TEXTOID)});
	}
	return Datum(0);
}

} // namespace partition
