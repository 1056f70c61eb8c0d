// context_resource.hpp: a memory context for containers of core/, which know
// memory only as std::pmr::memory_resource.
#pragma once

#include <memory_resource>

#include "pg/memory.hpp"

namespace pg {

class context_resource final : public std::pmr::memory_resource {
public:
	explicit context_resource(MemoryContext context) noexcept : context_(context) {}

	MemoryContext context() const noexcept { return context_; }

private:
	void *do_allocate(std::size_t bytes, std::size_t) override { return pg::allocate(context_, bytes); }
	void do_deallocate(void *block, std::size_t, std::size_t) override { pfree(block); }
	bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override { return this == &other; }

	MemoryContext context_;
};

// A new context under a parent.
inline MemoryContext make_context(MemoryContext parent, const char *name)
{
	return call([=] { return AllocSetContextCreateInternal(parent, name, ALLOCSET_SMALL_SIZES); });
}

} // namespace pg
