// shared_memory.hpp: memory that all processes of the cluster share.
//
// It exists only where the library is preloaded, and begins anew, all zero,
// after a crash.
#pragma once

#include "pg/error.hpp"

namespace pg {

struct shared_area {
	const char *name;
	Size (*size)();						// asked when every setting is known
	void (*attach)(void *, LWLock *);	// in each process that creates or maps it
};

// From _PG_init while the library is preloaded.
void request_shared_area(const shared_area &area);

// Runs fn when this process leaves shared memory, by whatever exit but a crash.
void before_leaving_shared_memory(void (*fn)());

} // namespace pg
