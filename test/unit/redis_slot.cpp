// redis_slot.cpp: slots as Redis Cluster's documents have them.
#include <gtest/gtest.h>

#include "core/redis_slot.hpp"

namespace {

TEST(RedisSlot, HashTags)
{
	EXPECT_EQ(core::redis_slot("123456789"), 12739);
	EXPECT_EQ(core::redis_slot("user1000"), core::redis_slot("{user1000}.following"));
	EXPECT_EQ(core::redis_slot("foo{}{bar}"), 8363);
	EXPECT_EQ(core::redis_slot("foo{{bar}}zap"), 4015);
	EXPECT_EQ(core::redis_slot("foo{bar}{zap}"), 5061);
	EXPECT_EQ(core::redis_hash_tag("}{a}"), "a");
	EXPECT_EQ(core::redis_hash_tag("{a"), "{a");
	EXPECT_EQ(core::redis_hash_tag(""), "");
}

} // namespace
