// latch.cpp: waiting so that cancel, shutdown and barriers are served.
#include "pg/latch.hpp"

namespace pg {

bool wait_latch(long milliseconds)
{
	const int events = call([=] {
		return WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, milliseconds, PG_WAIT_EXTENSION);
	});
	if (events & WL_LATCH_SET)
		ResetLatch(MyLatch);
	check_for_interrupts();
	return (events & WL_LATCH_SET) != 0;
}

void pause(long milliseconds)
{
	const TimestampTz end = GetCurrentTimestamp() + milliseconds * INT64CONST(1000);
	for (TimestampTz now = GetCurrentTimestamp(); now < end; now = GetCurrentTimestamp())
		wait_latch((end - now + 999) / 1000);
}

void nap(long milliseconds)
{
	constexpr long slice = 50; // at which shutdown is noticed
	for (long left = milliseconds; left > 0; left -= slice)
	{
		pg_usleep((left < slice ? left : slice) * 1000);
		check_for_interrupts();
	}
}

} // namespace pg
