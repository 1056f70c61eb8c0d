// status.cpp: mosaic.worker_status, and waking the worker by SQL.
//
// Copied from shared memory first and turned into rows afterwards: making rows
// can raise, and the lock is not held around that.
#include <string_view>

#include "pg/background_worker.hpp"
#include "pg/database.hpp"
#include "pg/rowset.hpp"
#include "pg/wakeup.hpp"
#include "worker/databases.hpp"
#include "worker/shared_state.hpp"

namespace worker {

namespace {

// A process and what its database has seen; for the launcher, all of them.
struct process_row {
	process about;
	int64 passes;
	int64 errors;
	TimestampTz error_at;
	char last_error[error_size];
};

void add_history(process_row &row, const database &entry)
{
	row.passes += entry.passes;
	row.errors += entry.errors;
	if (entry.error_at <= row.error_at)
		return;
	row.error_at = entry.error_at;
	strlcpy(row.last_error, entry.last_error, error_size);
}

pg::vector<process_row> copy_processes()
{
	pg::vector<process_row> rows;
	rows.reserve(max_worker_processes);
	const locked_state state(LW_SHARED);
	for (const process *p = state->processes(); p < state->processes_end(); ++p)
	{
		if (p->kind == process_kind::none)
			continue;
		process_row row = {};
		row.about = *p;
		for (const database *entry = state->databases(); entry < state->databases_end(); ++entry)
			if (p->kind == process_kind::launcher || entry->oid == p->database)
				add_history(row, *entry);
		rows.push_back(row);
	}
	return rows;
}

const char *kind_name(process_kind kind)
{
	switch (kind)
	{
		case process_kind::launcher: return "launcher";
		case process_kind::maintenance: return "maintenance";
		case process_kind::ticker: return "ticker";
		case process_kind::none: break;
	}
	return "none";
}

const char *state_name(process_state state)
{
	switch (state)
	{
		case process_state::starting: return "starting";
		case process_state::idle: return "idle";
		case process_state::running: return "running";
		case process_state::leaving: return "leaving";
	}
	return "unknown";
}

pg::value text_or_null(std::string_view chars)
{
	return chars.empty() ? pg::null_of(TEXTOID) : pg::text_value(chars);
}

pg::value database_of(const process &about)
{
	return OidIsValid(about.database) ? text_or_null(pg::database_name(about.database)) : pg::null_of(TEXTOID);
}

pg::value activity(const process &about)
{
	if (about.pid == 0 || about.state == process_state::idle)
		return pg::null_of(TEXTOID);
	return text_or_null(pg::activity_of(about.pid));
}

void add_row(pg::rowset &rows, const process_row &row)
{
	const process &about = row.about;
	rows.add({about.pid != 0 ? pg::int4_value(about.pid) : pg::null_of(INT4OID), text_or_null(kind_name(about.kind)),
			  database_of(about), text_or_null(state_name(about.state)), activity(about),
			  pg::timestamptz_value(about.since), pg::int8_value(row.passes), pg::int8_value(row.errors),
			  text_or_null(row.last_error)});
}

} // namespace

} // namespace worker

PG_FUNCTION(mosaic_worker_processes)
{
	using namespace worker;

	pg::rowset rows(fcinfo);
	if (has_shared_state())
		for (const process_row &row : copy_processes())
			add_row(rows, row);
	return Datum(0);
}

PG_FUNCTION(mosaic_last_pass)
{
	using namespace worker;

	TimestampTz passed_at = 0;
	if (has_shared_state())
	{
		const locked_state state(LW_SHARED);
		if (const database *entry = find_database(*state, MyDatabaseId); entry != nullptr)
			passed_at = entry->passed_at;
	}
	if (passed_at == 0)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(passed_at);
}

PG_FUNCTION(mosaic_wake_worker)
{
	pg::ask_on_commit(pg::errand::maintenance);
	return Datum(0);
}
