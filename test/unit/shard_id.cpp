// shard_id.cpp: ids are taken apart into what they were made of.
#include <gtest/gtest.h>

#include "core/shard_id.hpp"

namespace {

using std::int64_t;

TEST(ShardId, TicksBecomeIdsAndBack)
{
	const int64_t id = core::make_shard_id(core::shard_id_tick(1735689600000) + 7, 5);
	EXPECT_EQ(id, 3535543076107850759);
	const core::shard_id_parts parts = core::split_shard_id(id);
	EXPECT_EQ(parts.unix_ms, 1735689600000);
	EXPECT_EQ(parts.shard, 5);
	EXPECT_EQ(parts.sequence, 7);
	// The number within the millisecond carries over into the next.
	EXPECT_EQ(core::split_shard_id(core::make_shard_id(core::shard_id_tick(1735689600000) + 1024, 5)).unix_ms, 1735689600001);
}

} // namespace
