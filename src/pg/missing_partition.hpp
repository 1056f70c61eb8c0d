// missing_partition.hpp: noticing that a row found no partition.
//
// The statement itself cannot be saved: its partition descriptor is built.
// But the next one sees a partition attached meanwhile by another session, so
// it is worth telling the worker at once.
#pragma once

#include "pg/error.hpp"

namespace pg {

using missing_partition_receiver = void (*)();

// Calls the receiver in the session whose statement failed for want of a
// partition, before it rolls back.  The receiver must not raise.  Reports that
// log_min_messages keeps from the log are not noticed.
void notice_missing_partitions(missing_partition_receiver receiver);

} // namespace pg
