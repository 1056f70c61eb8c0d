// wal.cpp: where the server stands in its WAL.
#include "pg/wal.hpp"

extern "C" {
#include "access/xact.h"
#include "access/xlog.h"
#include "access/xlog_internal.h"
#include "access/xlogrecovery.h"
}

namespace pg {

bool on_standby() { return call([] { return RecoveryInProgress(); }); }

XLogRecPtr wal_insert_position() { return call([] { return GetXLogInsertRecPtr(); }); }

// The insert position is where the next record will begin, which after a full
// page is behind the header of a page that does not exist yet.
void flush_wal()
{
	call([] {
		XLogRecPtr end = GetXLogInsertRecPtr();
		if (XLogSegmentOffset(end, wal_segment_size) == SizeOfXLogLongPHD)
			end -= SizeOfXLogLongPHD;
		else if (end % XLOG_BLCKSZ == SizeOfXLogShortPHD)
			end -= SizeOfXLogShortPHD;
		XLogFlush(end);
	});
}

void require_durable_commit()
{
	call([] { ForceSyncCommit(); });
}

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
