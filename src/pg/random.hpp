// random.hpp: chance, for spreading things over time.
#pragma once

#include "pg/server.hpp"

extern "C" {
#include "common/pg_prng.h"
}

namespace pg {

// In [0, 1).
inline double random_fraction()
{
	return pg_prng_double(&pg_global_prng_state);
}

} // namespace pg
