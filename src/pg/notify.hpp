// notify.hpp: NOTIFY, and how full its queue is.
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

// Longest payload the server takes, for the block size it was built with.
inline constexpr std::size_t longest_payload = BLCKSZ - NAMEDATALEN - 128 - 1;

// Sent when the current transaction commits.
void notify(const std::string &channel, const std::string &payload);

// 0 to 1.
double notify_queue_usage();

} // namespace pg
