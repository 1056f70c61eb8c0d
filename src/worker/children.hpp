// children.hpp: the processes that the launcher starts.
#pragma once

#include "pg/background_worker.hpp"
#include "pg/memory.hpp"
#include "worker/shared_state.hpp"

namespace worker {

class children {
public:
	// Starts a process for a database; false where the server has no
	// background worker left.
	bool start(process_kind kind, const database &where);
	// Forgets those that have ended, and gives back what they did not take.
	void reap();

private:
	struct child {
		process_kind kind;
		Oid database;
		BackgroundWorkerHandle *handle;
	};

	pg::vector<child> children_{pg::allocator<child>(TopMemoryContext)};
};

} // namespace worker
