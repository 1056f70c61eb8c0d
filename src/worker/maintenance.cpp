// maintenance.cpp: one pass over one database, and out again.
//
// The process connects, looks whether the extension is there in a version that
// it understands, does all that is due, and reports when it ends.  An error
// that leaves the pass ends the process without a report; the launcher notices
// and waits longer before the next.
#include "worker/maintenance.hpp"

#include "invalidation/tick.hpp"
#include "partition/pass.hpp"
#include "pg/background_worker.hpp"
#include "pg/extension.hpp"
#include "pg/library.hpp"
#include "worker/databases.hpp"
#include "worker/processes.hpp"
#include "worker/restore.hpp"
#include "worker/settings.hpp"

namespace worker {

namespace {

void log_other_version(const std::string &version)
{
	pg::notice(LOG, ("pg_mosaic skips a database whose extension has version " + version).c_str(),
			   ("The library has version " + std::string(pg::library_version) + ".").c_str(), pg::how_to_match(version).c_str());
}

// A restore may have begun since the pass did: its sign is there before the
// sets that it brings can be seen.
bool goes_on(Oid extension)
{
	pg::reload_configuration_if_asked();
	return settings::enabled && !pg::database_is_wanted(MyDatabaseId) && !restore_under_way(extension);
}

// After a restart nobody but us knows that the database needs one.
void look_for_watches(pg::worker_transactions &driver)
{
	driver.begin();
	const bool needed = invalidation::needs_ticker();
	driver.commit();
	if (needed)
		want_ticker(MyDatabaseId);
}

pass_report maintain(Oid extension)
{
	pg::worker_transactions driver(extension, goes_on);
	try
	{
		look_for_watches(driver);
		const partition::pass_outcome outcome = partition::maintain(driver, InvalidOid);
		return {extension_state::present, goes_on(extension), outcome.applied};
	}
	catch (const pg::failure &ended)
	{
		if (ended.sqlstate() != ERRCODE_ADMIN_SHUTDOWN)
			throw;
	}
	driver.rollback();
	return {extension_state::absent, true, 0};
}

pass_report pass()
{
	const pg::memory_scope memory("pg_mosaic pass");
	const pg::installed_extension extension = look_for_extension();
	if (!OidIsValid(extension.oid))
		return {extension_state::absent, true, 0};
	if (!pg::library_serves(extension.version))
	{
		log_other_version(extension.version);
		return {extension_state::other_version, true, 0};
	}
	if (restore_under_way(extension.oid))
		return {extension_state::being_restored, true, 0};
	return maintain(extension.oid);
}

void remember_error(const char *message)
{
	const locked_state state(LW_EXCLUSIVE);
	if (database *entry = find_database(*state, MyDatabaseId); entry != nullptr)
		error_raised(*entry, message);
}

} // namespace

pg::installed_extension look_for_extension()
{
	const pg::memory_switch stay(CurrentMemoryContext);
	pg::call([] { StartTransactionCommand(); });
	pg::installed_extension found = pg::find_extension();
	pg::call([] { CommitTransactionCommand(); });
	return found;
}

} // namespace worker

PG_WORKER(mosaic_maintenance_main)
{
	using namespace worker;

	const Oid oid = DatumGetObjectId(main_arg);
	if (!enter(process_kind::maintenance, oid))
		return;
	leave_crash_mark(process_kind::maintenance, oid);
	pg::connect_to_database(oid);
	pg::force_maintenance_settings();
	report_state(process_state::running, "looking for the extension");
	pg::observing_errors(
		[oid] {
			const pass_report report = pass();
			const locked_state state(LW_EXCLUSIVE);
			if (database *entry = find_database(*state, oid); entry != nullptr)
				pass_reported(*entry, report);
		},
		remember_error);
}
