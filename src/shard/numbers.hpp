// numbers.hpp: the arguments that all pure functions share.
#pragma once

#include <string>

#include "pg/routine.hpp"

namespace shard {

// Refuses a number of shards that is no number of shards.
inline int require_count(int32 n)
{
	if (unlikely(n <= 0))
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "number of shards must be greater than zero",
						  "The number given is " + std::to_string(n) + ".", "Give the number of shards, 1 or more.");
	return n;
}

// The two usual collations need no look-up.
inline void require_plain_collation(FunctionCallInfo fcinfo)
{
	const Oid collation = PG_GET_COLLATION();
	if (unlikely(collation != DEFAULT_COLLATION_OID && collation != C_COLLATION_OID))
		pg::require_deterministic_collation(fcinfo);
}

} // namespace shard
