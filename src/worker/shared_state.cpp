// shared_state.cpp: what the processes know of each other.
#include "worker/shared_state.hpp"

#include "pg/shared_memory.hpp"
#include "worker/settings.hpp"

namespace worker {

namespace {

constinit shared_state *state = nullptr;
constinit LWLock *lock = nullptr;

Size needed()
{
	return MAXALIGN(sizeof(shared_state)) + MAXALIGN(max_worker_processes * sizeof(process)) +
		   MAXALIGN(settings::max_databases * sizeof(database));
}

void attach(void *memory, LWLock *shared_lock)
{
	state = static_cast<shared_state *>(memory);
	lock = shared_lock;
	state->process_capacity = max_worker_processes;
	state->database_capacity = settings::max_databases;
}

} // namespace

void request_shared_state()
{
	pg::request_shared_area({"pg_mosaic", needed, attach});
}

bool has_shared_state()
{
	return state != nullptr;
}

locked_state::locked_state(LWLockMode mode) : lock_(lock, mode), state_(state) {}

} // namespace worker
