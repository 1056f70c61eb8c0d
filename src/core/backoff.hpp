// backoff.hpp: how long to wait after failures in a row.
//
// Doubling keeps something broken from eating the machine; the jitter keeps
// things that broke together from coming back together.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/pure.hpp"

namespace core {

// base after the first failure, doubled for each further one up to the cap,
// then spread by up to 12 % either way; random is in [0, 1).
inline std::int64_t backoff(int failures, std::int64_t base, std::int64_t cap, double random)
{
	std::int64_t wait = std::min(base, cap);
	for (int i = 1; i < failures && wait < cap; ++i)
		wait = std::min(wait * 2, cap);
	return wait + static_cast<std::int64_t>(static_cast<double>(wait) * 0.12 * (2 * random - 1));
}

} // namespace core
