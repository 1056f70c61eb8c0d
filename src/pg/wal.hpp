// wal.hpp: where the server stands in its WAL.
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

bool on_standby();
// The timeline being written, or replayed.
TimeLineID current_timeline();
// At or after every commit record that a snapshot taken before can see.
XLogRecPtr wal_insert_position();
XLogRecPtr wal_replay_position();
// To disk, with everything that is in it by now.
void flush_wal();
// The current transaction will be on disk when it has committed, whatever
// synchronous_commit says.
void require_durable_commit();
std::string lsn_text(XLogRecPtr lsn);

} // namespace pg
