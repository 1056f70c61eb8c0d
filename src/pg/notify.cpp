// notify.cpp: NOTIFY, and how full its queue is.
#include "pg/notify.hpp"

extern "C" {
#include "commands/async.h"
#include "utils/fmgroids.h"
}

namespace pg {

void notify(const std::string &channel, const std::string &payload)
{
	call(Async_Notify, channel.c_str(), payload.c_str());
}

double notify_queue_usage()
{
	return call([] { return DatumGetFloat8(OidFunctionCall0(F_PG_NOTIFICATION_QUEUE_USAGE)); });
}

} // namespace pg
