// cluster.cpp: which cluster this is, and how long it has been up.
#include "pg/cluster.hpp"

#include <ctime>

extern "C" {
#include "access/xlog.h"
}

namespace pg {

int64 system_identifier()
{
	return static_cast<int64>(GetSystemIdentifier());
}

TimestampTz server_started()
{
	return PgStartTime;
}

int64 steady_clock()
{
#if defined(CLOCK_BOOTTIME)
	constexpr clockid_t clock = CLOCK_BOOTTIME;
#else
	constexpr clockid_t clock = CLOCK_MONOTONIC;
#endif
	struct timespec now;
	clock_gettime(clock, &now);
	return static_cast<int64>(now.tv_sec) * USECS_PER_SEC + now.tv_nsec / 1000;
}

} // namespace pg
