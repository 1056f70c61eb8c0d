// memory.hpp: memory contexts as scopes and as C++ allocators.
//
// Everything that outlives a call names its context; a default-constructed
// allocator takes CurrentMemoryContext, the server's own idiom.
#pragma once

#include <limits>
#include <string>
#include <string_view>

#include <boost/container/vector.hpp>

#include "pg/error.hpp"

namespace pg {

// Raises std::bad_alloc, never a server ERROR, so containers stay coherent.
inline void *allocate(MemoryContext context, std::size_t size)
{
	if (unlikely(size > MaxAllocHugeSize))
		throw std::bad_array_new_length();
	void *block = MemoryContextAllocExtended(context, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	if (unlikely(block == nullptr))
		throw std::bad_alloc();
	return block;
}

// Standard allocator over a memory context.  Not for bump contexts, whose
// pfree raises.
template <typename T>
class allocator {
public:
	using value_type = T;
	using propagate_on_container_move_assignment = std::true_type;
	using propagate_on_container_swap = std::true_type;
	using is_always_equal = std::false_type;

	explicit allocator(MemoryContext context) noexcept : context_(context) {}
	allocator() noexcept : context_(CurrentMemoryContext) {}
	template <typename U>
	allocator(const allocator<U> &other) noexcept : context_(other.context()) {}

	T *allocate(std::size_t n)
	{
		static_assert(alignof(T) <= MAXIMUM_ALIGNOF, "over-aligned type in a memory context");
		if (n > std::numeric_limits<std::size_t>::max() / sizeof(T))
			throw std::bad_array_new_length();
		return static_cast<T *>(pg::allocate(context_, n * sizeof(T)));
	}
	void deallocate(T *block, std::size_t) noexcept { pfree(block); }

	MemoryContext context() const noexcept { return context_; }
	template <typename U>
	bool operator==(const allocator<U> &other) const noexcept { return context_ == other.context(); }

private:
	MemoryContext context_;
};

template <typename T>
using vector = boost::container::vector<T, allocator<T>>;

// Current memory context for a scope.
class memory_switch {
public:
	explicit memory_switch(MemoryContext to) noexcept : previous_(MemoryContextSwitchTo(to)) {}
	~memory_switch() { MemoryContextSwitchTo(previous_); }
	memory_switch(const memory_switch &) = delete;
	memory_switch &operator=(const memory_switch &) = delete;

private:
	MemoryContext previous_;
};

// A private memory context, current for its scope and gone after it.
class memory_scope {
public:
	explicit memory_scope(const char *name) : owned_(name), current_(owned_.context) {}

	MemoryContext get() const noexcept { return owned_.context; }
	void reset() noexcept { MemoryContextReset(owned_.context); }

private:
	struct owned {
		explicit owned(const char *name)
			: context(call([name] {
				  return AllocSetContextCreateInternal(CurrentMemoryContext, name, ALLOCSET_DEFAULT_SIZES);
			  })) {}
		~owned() { MemoryContextDelete(context); }
		owned(const owned &) = delete;
		owned &operator=(const owned &) = delete;

		MemoryContext const context;
	};

	owned owned_;
	memory_switch current_; // declared last, so undone before the context goes
};

} // namespace pg
