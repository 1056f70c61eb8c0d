// call_state.hpp: what a SQL function keeps between its calls in one query.
#pragma once

#include <new>
#include <type_traits>

#include "pg/memory.hpp"

namespace pg {

template <typename T>
[[gnu::cold, gnu::noinline]] T &make_call_state(FmgrInfo *function)
{
	static_assert(std::is_trivially_destructible_v<T>, "nobody destroys it");
	T *made = new (allocate(function->fn_mcxt, sizeof(T))) T{};
	function->fn_extra = made;
	return *made;
}

// The state of this place in the query, made at its first call.
template <typename T>
[[gnu::always_inline]] inline T &call_state(FunctionCallInfo fcinfo)
{
	void *state = fcinfo->flinfo->fn_extra;
	return likely(state != nullptr) ? *static_cast<T *>(state) : make_call_state<T>(fcinfo->flinfo);
}

} // namespace pg
