// issues.cpp: what keeps maintenance of this database from happening.
#include <string>

#include "pg/extension.hpp"
#include "pg/library.hpp"
#include "pg/rowset.hpp"
#include "pg/wal.hpp"
#include "worker/databases.hpp"
#include "worker/maintenance.hpp"
#include "worker/restore.hpp"
#include "worker/settings.hpp"

namespace worker {

namespace {

constexpr int64 second = USECS_PER_SEC;

// One row of mosaic.issues but for the set, which ours never have.
struct issue {
	const char *severity; // info, warning, critical
	const char *code;
	std::string detail;
	const char *hint;
};

class issue_list {
public:
	explicit issue_list(FunctionCallInfo fcinfo) : rows_(fcinfo) {}

	void add(const issue &found)
	{
		rows_.add({text(found.severity), text(found.code), pg::null_of(REGCLASSOID), pg::null_of(TEXTOID), text(found.detail),
				   text(found.hint)});
	}

private:
	static pg::value text(std::string_view chars) { return pg::text_value(chars); }

	pg::rowset rows_;
};

// What the launcher knows of this database.
struct situation {
	bool launcher;
	bool slots_exhausted;
	bool left_out;
	bool listed;
	database here;
};

situation look()
{
	const locked_state state(LW_SHARED);
	const database *entry = find_database(*state, MyDatabaseId);
	return {state->launcher != nullptr, state->slots_exhausted, state->databases_left_out, entry != nullptr,
			entry != nullptr ? *entry : database{}};
}

std::string times(int count)
{
	return count == 1 ? "once" : std::to_string(count) + " times in a row";
}

void add_cluster_issues(issue_list &issues, const situation &now)
{
	if (!settings::enabled)
		issues.add({"warning", "worker_disabled", "Nothing runs by itself, because mosaic.enabled is off.",
					"ALTER SYSTEM SET mosaic.enabled = on; SELECT pg_reload_conf();"});
	if (!now.launcher)
		issues.add({"critical", "launcher_missing", "Nothing runs by itself, because the launcher of pg_mosaic is not running.",
					"It is started again within seconds. If it is not, the server log has the reason; max_worker_processes may be too low."});
	if (now.slots_exhausted)
		issues.add({"warning", "no_worker_slots", "No process can be started, because all background workers of the server are taken.",
					"Raise max_worker_processes and restart the server."});
}

void add_unlisted(issue_list &issues, const situation &now)
{
	if (now.left_out)
		issues.add({"critical", "too_many_databases",
					"This database is not looked after, because there are more than mosaic.max_databases.",
					"Raise mosaic.max_databases and restart the server."});
	else if (now.launcher && settings::enabled)
		issues.add({"warning", "database_not_served",
					"This database is not looked after: it is new, a template, or refuses connections.",
					"For a template: ALTER DATABASE ... IS_TEMPLATE false."});
}

void add_failures(issue_list &issues, const database &here)
{
	if (here.maintenance.crashes > 0)
		issues.add({"critical", "pass_crashed", "The server crashed during a maintenance pass " + times(here.maintenance.crashes) + ".",
					"The server log has the reason. The pass is tried again, each time after twice the wait."});
	if (here.ticker.crashes > 0)
		issues.add({"critical", "ticker_crashed", "The server crashed soon after the ticker had begun " + times(here.ticker.crashes) + ".",
					"The server log has the reason. The ticker is started again, each time after twice the wait."});
	const int failures = here.maintenance.failures;
	if (failures > 0)
		issues.add({failures < 3 ? "warning" : "critical", "pass_failing",
					"The maintenance process ended before its pass " + times(failures) + "; its last error was: " +
						(here.last_error[0] != '\0' ? here.last_error : "none recorded"),
					"The server log has the whole report."});
	// One that has lasted longer than it was kept waiting has got over it.
	const duty &ticker = here.ticker;
	const bool lasts = ticker.at_work && GetCurrentTimestamp() - ticker.since > ticker.since - ticker.ended;
	if (here.wants_ticker && ticker.failures > 0 && !lasts)
		issues.add({here.ticker.failures < 3 ? "warning" : "critical", "ticker_failing",
					"The ticker ended unasked " + times(here.ticker.failures) + ".", "The server log has the reason."});
}

// Three passes missed and a minute of grace, while a pass could have been.
void add_overdue(issue_list &issues, const situation &now)
{
	const int64 late = GetCurrentTimestamp() - now.here.maintenance.due;
	if (settings::enabled && now.launcher && !now.here.maintenance.at_work && late > (3 * settings::naptime + 60) * second)
		issues.add({"warning", "pass_overdue",
					"The maintenance pass of this database has been due for " + std::to_string(late / second) + " seconds.",
					"Other databases keep the processes busy: raise mosaic.max_workers."});
}

void add_extension(issue_list &issues)
{
	const pg::installed_extension extension = pg::find_extension();
	if (!OidIsValid(extension.oid))
		return;
	if (!pg::on_standby() && restore_under_way(extension.oid))
		issues.add({"info", "restore_under_way",
					"Maintenance waits for the end of a session that has written rows of mosaic.partition_set by itself, as a restore does.",
					"No action is needed; it goes on within ten seconds after that session."});
	const std::string hint = pg::how_to_match(extension.version);
	if (!pg::library_serves(extension.version))
		issues.add({"critical", "version_mismatch",
					"Nothing runs by itself, because the extension has version " + extension.version +
						" and the library " + pg::library_version + ".",
					hint.c_str()});
}

} // namespace

} // namespace worker

PG_FUNCTION(mosaic_worker_issues)
{
	using namespace worker;

	issue_list issues(fcinfo);
	add_extension(issues);
	if (!has_shared_state())
		issues.add({"critical", "not_preloaded", "Nothing runs by itself, because the library is not preloaded.",
					"Add pg_mosaic to shared_preload_libraries and restart the server."});
	else if (pg::on_standby())
		issues.add({"info", "standby", "Nothing runs by itself on a standby; it begins with promotion.", "No action is needed."});
	else
	{
		const situation now = look();
		add_cluster_issues(issues, now);
		if (now.listed)
		{
			add_failures(issues, now.here);
			add_overdue(issues, now);
		}
		else
			add_unlisted(issues, now);
	}
	return Datum(0);
}
