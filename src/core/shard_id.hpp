// shard_id.hpp: 64-bit ids that carry their shard.
//
//     41 bits  milliseconds since 2011-08-24 21:07:01.721 UTC
//     13 bits  shard
//     10 bits  number within the millisecond
//
// The layout that Instagram published; ids sort by time.
#pragma once

#include <cstdint>

namespace core {

constexpr std::int64_t shard_id_epoch_ms = 1314220021721; // since 1970
constexpr int shard_id_shards = 1 << 13;
constexpr int shard_id_sequence_bits = 10;

struct shard_id_parts {
	std::int64_t unix_ms;
	int shard;
	int sequence;
};

// A tick counts milliseconds since the epoch above and the number within the
// millisecond in one number, so that ids are unique where ticks are.
constexpr std::int64_t shard_id_tick(std::int64_t unix_ms)
{
	return (unix_ms - shard_id_epoch_ms) << shard_id_sequence_bits;
}

constexpr std::int64_t make_shard_id(std::int64_t tick, int shard)
{
	const std::int64_t sequence = tick & ((1 << shard_id_sequence_bits) - 1);
	return tick >> shard_id_sequence_bits << 23 | static_cast<std::int64_t>(shard) << shard_id_sequence_bits | sequence;
}

constexpr shard_id_parts split_shard_id(std::int64_t id)
{
	return {(id >> 23) + shard_id_epoch_ms, static_cast<int>(id >> shard_id_sequence_bits & (shard_id_shards - 1)),
			static_cast<int>(id & ((1 << shard_id_sequence_bits) - 1))};
}

} // namespace core
