// background_worker.hpp: processes that the postmaster starts for us.
#pragma once

#include "pg/error.hpp"

extern "C" {
#include "postmaster/bgworker.h"
}

namespace pg {

struct worker_description {
	const char *name;	  // process title and log
	const char *type;	  // pg_stat_activity.backend_type
	const char *function; // made with PG_WORKER
	Oid argument = InvalidOid;
	int restart_seconds = BGW_NEVER_RESTART; // after exit code 1
};

// From _PG_init while the library is preloaded.
void register_worker(const worker_description &about);
// From a worker, which is signalled when the new one starts and stops.  Null
// where all of max_worker_processes are taken.
BackgroundWorkerHandle *start_worker(const worker_description &about);
bool has_stopped(BackgroundWorkerHandle *worker);
// Asks a process of ours to end, by SIGTERM.
void ask_to_end(pid_t process) noexcept;

// Once a process.  Without a database there are only the shared catalogs, and
// nobody who drops or copies a database waits for us.
void connect_without_database();
void connect_to_database(Oid database);

// Fixes a setting for the life of this process, over what the configuration,
// the database and the role say.
void force_setting(const char *name, const char *value);
// The settings that an autovacuum worker forces, and for the same reasons.
void force_maintenance_settings();
// Reads the configuration again where SIGHUP has asked for it.
void reload_configuration_if_asked();

// What pg_stat_activity shows for this process; null while it rests.
void report_activity(const char *what);
// What it shows for another; in the server's words where that cannot be said.
std::string activity_of(pid_t process);

// Signals before anything else: SIGTERM ends the process at the next safe
// point, SIGHUP asks for the configuration.
void prepare_worker_signals();

// Runs fn; an ERROR that ends it is told to the observer and flies on.
template <typename Fn>
void observing_errors(Fn &&fn, void (*observer)(const char *message))
{
	bool failed = false;
	try
	{
		call([&] { boundary(fn); });
	}
	catch (const server_error &)
	{
		failed = true;
	}
	if (!failed)
		return;
	const char *message = call([] { return static_cast<const char *>(CopyErrorData()->message); });
	observer(message);
	throw server_error{};
}

} // namespace pg

// Defines the entry of a background worker; its body is plain C++.  An error
// that leaves the body is logged and ends the process with code 1.
#define PG_WORKER(name)                                                                           \
	extern "C" PGDLLEXPORT void name(Datum main_arg);                                             \
	static void name##_body(Datum main_arg);                                                      \
	extern "C" void name(Datum main_arg)                                                          \
	{                                                                                             \
		pg::boundary([main_arg] {                                                                 \
			pg::prepare_worker_signals();                                                         \
			name##_body(main_arg);                                                                \
		});                                                                                       \
	}                                                                                             \
	static void name##_body([[maybe_unused]] Datum main_arg)
