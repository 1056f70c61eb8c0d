// redis_slot.hpp: the hash slot of Redis Cluster, 0 to 16383.
#pragma once

#include <string_view>

namespace core {

constexpr int redis_slots = 16384;

// What is hashed of a key: what stands between the first '{' and the next
// '}', unless nothing does; else all of it.
std::string_view redis_hash_tag(std::string_view key);

int redis_slot(std::string_view key);

} // namespace core
