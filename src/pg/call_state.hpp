// call_state.hpp: what a SQL function keeps between its calls in one query.
#pragma once

#include <new>
#include <type_traits>

#include "pg/memory.hpp"

namespace pg {

// The state of this place in the query, made at its first call.
template <typename T>
T &call_state(FunctionCallInfo fcinfo)
{
	static_assert(std::is_trivially_destructible_v<T>, "nobody destroys it");
	FmgrInfo *function = fcinfo->flinfo;
	if (unlikely(function->fn_extra == nullptr))
		function->fn_extra = new (allocate(function->fn_mcxt, sizeof(T))) T{};
	return *static_cast<T *>(function->fn_extra);
}

} // namespace pg
