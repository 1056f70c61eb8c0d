// metrics.cpp: figures of the sets, and of what was done to them, a row each.
//
// One look at each set, as mosaic.partition_status takes it, and no lock beyond
// ACCESS SHARE on its parent.  A set that cannot be read has a row that says so.
#include "partition/assess.hpp"
#include "partition/counters.hpp"
#include "partition/misses.hpp"
#include "pg/identity.hpp"
#include "pg/rowset.hpp"

namespace partition {

namespace {

double seconds(int64 microseconds)
{
	return static_cast<double>(microseconds) / static_cast<double>(pg::usecs_per_second);
}

double unix_seconds(TimestampTz at)
{
	return seconds(at + pg::unix_epoch_offset);
}

class metric_rows {
public:
	explicit metric_rows(FunctionCallInfo fcinfo) : rows_(fcinfo) {}

	void about(Oid parent) { parent_ = parent; }

	void add(const char *name, double value)
	{
		rows_.add({pg::text_value(name), pg::text_value(pg::qualified_name(parent_)), pg::float8_value(value)});
	}

private:
	pg::rowset rows_;
	Oid parent_ = InvalidOid;
};

void add_coverage(metric_rows &rows, const set &settings, const assessment &now, TimestampTz reference_time)
{
	if (now.strategy == pg::partition_strategy::range)
	{
		rows.add("mosaic_set_covers_now", now.covers_now);
		rows.add("mosaic_set_premake", settings.premake);
		// Where coverage has no end, none is near.
		if (!now.covers_now || now.intervals_ahead > 0 || now.covered_at)
			rows.add("mosaic_set_intervals_ahead", now.intervals_ahead);
		if (now.covered_at && !TIMESTAMP_NOT_FINITE(*now.covered_at))
		{
			rows.add("mosaic_set_covered_until_timestamp_seconds", unix_seconds(*now.covered_at));
			rows.add("mosaic_set_time_left_seconds", seconds(*now.covered_at - reference_time));
		}
		else if (!now.covers_now)
			rows.add("mosaic_set_time_left_seconds", 0);
		if (now.oldest_at && !TIMESTAMP_NOT_FINITE(*now.oldest_at))
			rows.add("mosaic_set_oldest_age_seconds", seconds(reference_time - *now.oldest_at));
		rows.add("mosaic_set_past_gaps", static_cast<double>(now.past_gaps.size()));
	}
	int due = now.due;
	for (const shortage &below : now.below)
		due += below.due;
	rows.add("mosaic_set_partitions", now.partitions);
	rows.add("mosaic_set_partitions_due", due);
}

void add_set(metric_rows &rows, const set_state &state, TimestampTz reference_time)
{
	const set &settings = state.settings;
	const assessment now = assess(state, reference_time);
	rows.about(settings.parent);
	const bool known = !now.parent_missing && now.error == nullptr;
	rows.add("mosaic_set_valid", known);
	rows.add("mosaic_set_create_paused", settings.create_paused);
	rows.add("mosaic_set_retain_paused", settings.retain_paused);
	const std::optional<missed> rows_missed = missed_rows(settings.parent);
	rows.add("mosaic_set_missed_rows_total", rows_missed ? static_cast<double>(rows_missed->rows) : 0);
	if (!known)
		return;
	add_coverage(rows, settings, now, reference_time);
	rows.add("mosaic_set_expired_partitions", now.expired);
	rows.add("mosaic_set_held_back_partitions", now.held_back);
	rows.add("mosaic_set_pending_detach", static_cast<double>(now.pending.size()));
	if (OidIsValid(now.default_partition))
		rows.add("mosaic_set_default_rows", static_cast<double>(now.default_rows));
}

} // namespace

PG_FUNCTION(mosaic_partition_metrics)
{
	metric_rows rows(fcinfo);
	const TimestampTz now = GetCurrentTimestamp();
	for (const set_state &state : visible_sets())
	{
		pg::check_for_interrupts();
		add_set(rows, state, now);
	}
	return Datum(0);
}

PG_FUNCTION(mosaic_maintenance_counters)
{
	pg::rowset rows(fcinfo);
	const auto add = [&](const char *name, double value, const pg::value &action, const pg::value &outcome) {
		rows.add({pg::text_value(name), action, outcome, pg::float8_value(value)});
	};
	for (const action_count &one : counted_actions())
		add("mosaic_actions_total", static_cast<double>(one.steps), pg::text_value(one.action), pg::text_value(one.outcome));
	const lock_count locks = counted_locks();
	const pg::value none = pg::null_of(TEXTOID);
	add("mosaic_lock_tries_total", static_cast<double>(locks.tries), none, none);
	add("mosaic_lock_wait_seconds_total", seconds(locks.waited), none, none);
	add("mosaic_lock_wait_seconds_max", seconds(locks.longest), none, none);
	return Datum(0);
}

} // namespace partition
