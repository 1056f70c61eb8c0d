// wal.cpp: where the server stands in its WAL.
#include "pg/wal.hpp"

extern "C" {
#include "access/xlog.h"
#include "access/xlogrecovery.h"
}

namespace pg {

bool on_standby() { return call([] { return RecoveryInProgress(); }); }

XLogRecPtr wal_insert_position() { return call([] { return GetXLogInsertRecPtr(); }); }

XLogRecPtr wal_replay_position()
{
	return call([] { return GetXLogReplayRecPtr(nullptr); });
}

TimeLineID current_timeline()
{
	return call([] {
		TimeLineID timeline;
		if (!RecoveryInProgress())
			return GetWALInsertionTimeLine();
		GetXLogReplayRecPtr(&timeline);
		return timeline;
	});
}

std::string lsn_text(XLogRecPtr lsn)
{
	char text[32];
	snprintf(text, sizeof(text), "%X/%X", static_cast<uint32>(lsn >> 32), static_cast<uint32>(lsn));
	return text;
}

} // namespace pg
