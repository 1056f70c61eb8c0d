// processes.cpp: the table of processes.
#include "worker/processes.hpp"

#include "pg/background_worker.hpp"
#include "pg/crash_mark.hpp"
#include "pg/shared_memory.hpp"
#include "worker/databases.hpp"

namespace worker {

namespace {

constinit process *self = nullptr;

process *find_free(shared_state &state)
{
	for (process *p = state.processes(); p < state.processes_end(); ++p)
		if (p->kind == process_kind::none)
			return p;
	return nullptr;
}

// Runs in proc_exit: the mark goes too, since this was no crash.
void leave()
{
	if (OidIsValid(self->database))
		pg::remove_crash_mark(mark_of(self->kind), self->database);
	const locked_state state(LW_EXCLUSIVE);
	if (self->kind == process_kind::launcher)
		state->launcher = nullptr;
	*self = process{};
	if (state->launcher != nullptr)
		SetLatch(state->launcher);
}

} // namespace

process *find_process(shared_state &state, process_kind kind, Oid database)
{
	for (process *p = state.processes(); p < state.processes_end(); ++p)
		if (p->kind == kind && p->database == database)
			return p;
	return nullptr;
}

bool reserve(shared_state &state, process_kind kind, Oid database)
{
	process *place = find_free(state);
	if (place == nullptr)
		return false;
	*place = process{};
	place->kind = kind;
	place->database = database;
	place->since = GetCurrentTimestamp();
	return true;
}

void give_back(shared_state &state, process_kind kind, Oid database)
{
	process *place = find_process(state, kind, database);
	if (place != nullptr && place->pid == 0)
		*place = process{};
}

void give_back_all(shared_state &state)
{
	for (process *p = state.processes(); p < state.processes_end(); ++p)
		if (p->pid == 0)
			*p = process{};
}

const char *mark_of(process_kind kind)
{
	return kind == process_kind::ticker ? "tick" : "pass";
}

void leave_crash_mark(process_kind kind, Oid oid)
{
	int crashes = 0;
	{
		const locked_state state(LW_SHARED);
		if (database *entry = find_database(*state, oid); entry != nullptr)
			crashes = entry->of(kind).crashes;
	}
	pg::write_crash_mark(mark_of(kind), oid, crashes + 1);
}

bool enter(process_kind kind, Oid database)
{
	{
		const locked_state state(LW_EXCLUSIVE);
		process *place = find_process(*state, kind, database);
		if (place != nullptr && place->pid != 0)
			return false;
		if (place == nullptr && (!reserve(*state, kind, database) || (place = find_process(*state, kind, database)) == nullptr))
			return false;
		place->pid = MyProcPid;
		place->latch = MyLatch;
		place->since = GetCurrentTimestamp();
		if (kind == process_kind::launcher)
			state->launcher = MyLatch;
		self = place;
	}
	pg::before_leaving_shared_memory(leave);
	return true;
}

void report_state(process_state state, const char *activity)
{
	{
		const locked_state shared(LW_EXCLUSIVE);
		if (self->state != state)
			self->since = GetCurrentTimestamp();
		self->state = state;
	}
	pg::report_activity(activity);
}

} // namespace worker
