// lasting.hpp: memory contexts for what outlives the transaction.
//
// What is to last is built in a context that the transaction still owns, so
// that an error half way leaves nothing behind, and handed over when complete.
#pragma once

#include "pg/memory.hpp"

extern "C" {
#include "nodes/memnodes.h"
}

namespace pg {

inline MemoryContext draft_context(const char *name)
{
	return call([=] { return AllocSetContextCreateInternal(CurrentMemoryContext, name, ALLOCSET_SMALL_SIZES); });
}

// For the life of the backend.
inline void keep_context(MemoryContext context)
{
	MemoryContextSetParent(context, CacheMemoryContext);
}

inline Size context_size(MemoryContext context)
{
	return MemoryContextMemAllocated(context, true);
}

} // namespace pg
