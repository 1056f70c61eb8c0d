// metrics.cpp: figures of the background processes, a row each.
#include "pg/background_worker.hpp"
#include "pg/calendar.hpp"
#include "pg/extension.hpp"
#include "pg/rowset.hpp"
#include "pg/wal.hpp"
#include "worker/databases.hpp"
#include "worker/shared_state.hpp"

namespace worker {

namespace {

// What there is of this database, and whether anybody is at work at all.
struct figures {
	bool launcher;
	bool listed;
	database here;
};

figures look()
{
	const locked_state state(LW_SHARED);
	const database *entry = find_database(*state, MyDatabaseId);
	return {state->launcher != nullptr, entry != nullptr, entry != nullptr ? *entry : database{}};
}

double unix_seconds(TimestampTz at)
{
	return static_cast<double>(at + pg::unix_epoch_offset) / static_cast<double>(pg::usecs_per_second);
}

} // namespace

} // namespace worker

PG_FUNCTION(mosaic_worker_metrics)
{
	using namespace worker;

	pg::rowset rows(fcinfo);
	const auto add = [&](const char *name, double value) { rows.add({pg::text_value(name), pg::float8_value(value)}); };
	const figures now = has_shared_state() ? look() : figures{};
	add("mosaic_worker_up", now.launcher);
	add("mosaic_in_recovery", pg::on_standby());
	if (!now.listed)
		return Datum(0);
	add("mosaic_worker_passes_total", static_cast<double>(now.here.passes));
	add("mosaic_worker_errors_total", static_cast<double>(now.here.errors));
	add("mosaic_worker_consecutive_failures", now.here.maintenance.failures + now.here.maintenance.crashes);
	if (now.here.passed_at != 0)
		add("mosaic_worker_last_pass_timestamp_seconds", unix_seconds(now.here.passed_at));
	return Datum(0);
}
