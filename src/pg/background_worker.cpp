// background_worker.cpp: processes that the postmaster starts for us.
#include <signal.h>

#include "pg/background_worker.hpp"

#include "pg/compat.hpp"

extern "C" {
#include "access/xlog.h"
#include "postmaster/interrupt.h"
#include "replication/syncrep.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"
}

namespace pg {

namespace {

BackgroundWorker registration(const worker_description &about)
{
	BackgroundWorker worker = {};
	strlcpy(worker.bgw_name, about.name, sizeof worker.bgw_name);
	strlcpy(worker.bgw_type, about.type, sizeof worker.bgw_type);
	strlcpy(worker.bgw_library_name, "pg_mosaic", sizeof worker.bgw_library_name);
	strlcpy(worker.bgw_function_name, about.function, sizeof worker.bgw_function_name);
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	// Not BGWORKER_INTERRUPTIBLE, which 19 has: the launcher ends who is in the
	// way of DROP DATABASE, and so can tell it from one that failed.
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = about.restart_seconds;
	worker.bgw_main_arg = ObjectIdGetDatum(about.argument);
	worker.bgw_notify_pid = MyProcPid;
	return worker;
}

} // namespace

void register_worker(const worker_description &about)
{
	BackgroundWorker worker = registration(about);
	worker.bgw_notify_pid = 0;
	call([&] { RegisterBackgroundWorker(&worker); });
}

BackgroundWorkerHandle *start_worker(const worker_description &about)
{
	BackgroundWorker worker = registration(about);
	return call([&]() -> BackgroundWorkerHandle * {
		BackgroundWorkerHandle *handle;
		return RegisterDynamicBackgroundWorker(&worker, &handle) ? handle : nullptr;
	});
}

bool has_stopped(BackgroundWorkerHandle *worker)
{
	return call([=] {
		pid_t pid;
		return GetBackgroundWorkerPid(worker, &pid) == BGWH_STOPPED;
	});
}

void ask_to_end(pid_t process) noexcept
{
	kill(process, SIGTERM);
}

void connect_without_database()
{
	call([] { BackgroundWorkerInitializeConnection(nullptr, nullptr, 0); });
}

void connect_to_database(Oid database)
{
	call([=] { BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, 0); });
}

void force_setting(const char *name, const char *value)
{
	call([=] { SetConfigOption(name, value, PGC_SUSET, PGC_S_OVERRIDE); });
}

void force_maintenance_settings()
{
	force_setting("search_path", "pg_catalog, pg_temp");
	force_setting("session_replication_role", "origin");
	force_setting("zero_damaged_pages", "false");
	force_setting("statement_timeout", "0");
	force_setting("lock_timeout", "0");
	if (has_transaction_timeout)
		force_setting("transaction_timeout", "0");
	force_setting("idle_in_transaction_session_timeout", "0");
	force_setting("default_transaction_isolation", "read committed");
	force_setting("default_transaction_read_only", "off");
	force_setting("default_transaction_deferrable", "off");
	// A commit that waits for a standby could not be shut down fast.
	if (synchronous_commit > SYNCHRONOUS_COMMIT_LOCAL_FLUSH)
		force_setting("synchronous_commit", "local");
}

void reload_configuration_if_asked()
{
	if (!ConfigReloadPending)
		return;
	ConfigReloadPending = false;
	call([] { ProcessConfigFile(PGC_SIGHUP); });
}

void report_activity(const char *what)
{
	call([=] { pgstat_report_activity(what != nullptr ? STATE_RUNNING : STATE_IDLE, what); });
}

std::string activity_of(pid_t process)
{
	return call([=] { return pgstat_get_backend_current_activity(process, false); });
}

void prepare_worker_signals()
{
	pqsignal(SIGTERM, die);
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	BackgroundWorkerUnblockSignals();
}

} // namespace pg
