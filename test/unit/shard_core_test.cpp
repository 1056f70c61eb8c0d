// shard_core_test.cpp: the pure parts of shard routing against published
// vectors and against their own promises on random input.
#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "core/digest.hpp"
#include "core/placement.hpp"
#include "core/rebalance.hpp"
#include "core/redis_slot.hpp"
#include "core/shard_id.hpp"
#include "core/vitess.hpp"

namespace {

using std::int64_t;
using amounts = std::vector<int64_t>;

std::string hex(const unsigned char *bytes, std::size_t size)
{
	std::string text;
	for (std::size_t i = 0; i < size; ++i)
	{
		char digits[3];
		std::snprintf(digits, sizeof digits, "%02x", bytes[i]);
		text += digits;
	}
	return text;
}

std::string hex(const core::digest &d) { return hex(d.bytes, d.size); }

TEST(FloorModulo, HasTheSignOfTheDivisor)
{
	EXPECT_EQ(core::floor_modulo(12345, 4), 1);
	EXPECT_EQ(core::floor_modulo(-7, 4), 1);
	EXPECT_EQ(core::floor_modulo(-8, 4), 0);
	EXPECT_EQ(core::floor_modulo(std::numeric_limits<int64_t>::max(), 10), 7);
	EXPECT_EQ(core::floor_modulo(std::numeric_limits<int64_t>::min(), 10), 2);
	EXPECT_EQ(core::floor_modulo(std::numeric_limits<int64_t>::min(), std::numeric_limits<int>::max()), 2147483645);
}

TEST(BigEndianModulo, IsExactBeyond64Bits)
{
	const unsigned char ones[16] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	EXPECT_EQ(core::big_endian_modulo(ones, 16, 1024), 1023);
	EXPECT_EQ(core::big_endian_modulo(ones, 16, 10), 5); // 340282366920938463463374607431768211455
	EXPECT_EQ(core::big_endian_modulo(ones, 16, 2147483647), 15); // 2^31 is 1, so 2^128 is 2^4
}

TEST(Digest, PublishedVectorsAndReuse)
{
	for (int again = 0; again < 3; ++again)
	{
		EXPECT_EQ(hex(*core::digest_of(core::digest_algorithm::md5, "abc")), "900150983cd24fb0d6963f7d28e17f72");
		EXPECT_EQ(hex(*core::digest_of(core::digest_algorithm::sha1, "abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
		EXPECT_EQ(hex(*core::digest_of(core::digest_algorithm::sha256, "abc")),
				  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
		EXPECT_EQ(hex(*core::digest_of(core::digest_algorithm::md5, "")), "d41d8cd98f00b204e9800998ecf8427e");
	}
}

TEST(Jump, VectorsOfThePaper)
{
	EXPECT_EQ(core::jump(42, 57), 43);
	EXPECT_EQ(core::jump(0xDEAD10CC, 666), 361);
	EXPECT_EQ(core::jump(256, 1024), 520);
}

TEST(Jump, GrowingMovesKeysToTheNewBucketOnly)
{
	std::mt19937_64 random(7);
	for (int i = 0; i < 20000; ++i)
	{
		const std::uint64_t key = random();
		const int n = 1 + static_cast<int>(random() % 1000);
		const int before = core::jump(key, n);
		const int after = core::jump(key, n + 1);
		ASSERT_TRUE(before >= 0 && before < n);
		ASSERT_TRUE(after == before || after == n);
	}
	EXPECT_LT(core::jump(1, std::numeric_limits<int>::max()), std::numeric_limits<int>::max());
}

TEST(Rendezvous, WeightsAreShares)
{
	const double weights[3] = {1, 2, 5};
	int counts[3] = {};
	for (std::uint64_t key = 0; key < 80000; ++key)
	{
		double scores[3];
		for (std::uint64_t member = 0; member < 3; ++member)
			scores[member] = core::weighted_rendezvous_score(core::mix64(key), core::mix64(100 + member), weights[member]);
		++counts[std::max_element(scores, scores + 3) - scores];
	}
	EXPECT_NEAR(counts[0], 10000, 500);
	EXPECT_NEAR(counts[1], 20000, 500);
	EXPECT_NEAR(counts[2], 50000, 500);
}

TEST(Rendezvous, EqualWeightsOrderMembersAsTheScoreDoes)
{
	std::mt19937_64 random(11);
	for (int i = 0; i < 20000; ++i)
	{
		const std::uint64_t key = random(), a = random(), b = random();
		ASSERT_EQ(core::rendezvous_score(key, a) > core::rendezvous_score(key, b),
				  core::weighted_rendezvous_score(key, a, 1) > core::weighted_rendezvous_score(key, b, 1));
	}
}

TEST(EqualRange, CoversTheWholeHashSpace)
{
	for (const int n : {1, 2, 3, 7, 32, 100, 4096})
	{
		EXPECT_EQ(core::equal_range(std::numeric_limits<std::int32_t>::min(), n), 0);
		EXPECT_EQ(core::equal_range(std::numeric_limits<std::int32_t>::max(), n), n - 1);
	}
	EXPECT_EQ(core::equal_range(791529341, 32), 21);
	EXPECT_EQ(core::equal_range(-2077126515, 32), 0);
}

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

TEST(Vitess, KeyspaceIds)
{
	const auto id = [](int64_t key, const char *vindex) { return hex(core::vitess_keyspace_id(key, vindex)->data(), 8); };
	EXPECT_EQ(id(1, "hash"), "166b40b44aba4bd6");
	EXPECT_EQ(id(2, "hash"), "06e7ea22ce92708f");
	EXPECT_EQ(id(1, "xxhash"), "d46405367612b4b7");
	EXPECT_EQ(id(99, "xxhash"), "200533312244abca");
	EXPECT_EQ(id(-1, "numeric"), "ffffffffffffffff");
	EXPECT_EQ(id(1, "reverse_bits"), "8000000000000000");
	EXPECT_FALSE(core::vitess_keyspace_id(1, "Hash"));
}

TEST(Vitess, XxhashOfEveryLengthClass)
{
	EXPECT_EQ(core::xxhash64(""), 0xef46db3751d8e999u);
	EXPECT_EQ(core::xxhash64("a"), 0xd24ec4f1a98c6e5bu);
	EXPECT_EQ(core::xxhash64("abc"), 0x44bc2cf5ad770999u);
	EXPECT_EQ(core::xxhash64("Nobody inspects the spammish repetition"), 0xfbcea83c8a378bf1u);
}

TEST(KeyRange, Parsing)
{
	EXPECT_TRUE(core::parse_key_range("-")->contains(""));
	EXPECT_TRUE(core::parse_key_range("-80")->contains("\x7f\xff"));
	EXPECT_FALSE(core::parse_key_range("-80")->contains("\x80"));
	EXPECT_TRUE(core::parse_key_range("80-C0")->contains("\x80"));
	for (const char *wrong : {"", "80", "8-", "-8", "80-80", "c0-80", "zz-", "80-90-a0"})
		EXPECT_FALSE(core::parse_key_range(wrong)) << wrong;
}

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

TEST(Shares, LargestRemainder)
{
	EXPECT_EQ(core::shares(1024, {1, 1, 1, 1, 1}), (amounts{205, 205, 205, 205, 204}));
	EXPECT_EQ(core::shares(1024, {1, 1, 1, 1, 2}), (amounts{171, 171, 171, 170, 341}));
	EXPECT_EQ(core::shares(1024, {1, 1, 1, 0}), (amounts{342, 341, 341, 0}));
	EXPECT_EQ(core::shares(16, {1, 3}), (amounts{4, 12}));
	EXPECT_EQ(core::shares(1, {1, 1}), (amounts{1, 0}));
	const int64_t huge = std::numeric_limits<int64_t>::max();
	EXPECT_EQ(core::shares(huge, {2000000000, 1}), (amounts{9223372032243089791, 4611686016}));
}

// What a plan promises whatever it is asked: it ends at the shares, with as
// few moves as can be.
TEST(PlanByCount, EndsAtTheSharesWithTheFewestMoves)
{
	std::mt19937 random(3);
	for (int round = 0; round < 500; ++round)
	{
		const std::size_t shards = 1 + random() % 12;
		amounts weights(shards);
		for (int64_t &weight : weights)
			weight = random() % 4;
		weights[random() % shards] = 1;
		std::vector<int> owners(1 + random() % 300);
		for (int &owner : owners)
			owner = static_cast<int>(random() % shards);

		const amounts targets = core::shares(static_cast<int64_t>(owners.size()), weights);
		ASSERT_EQ(std::accumulate(targets.begin(), targets.end(), int64_t{0}), static_cast<int64_t>(owners.size()));
		amounts counts(shards);
		for (const int owner : owners)
			++counts[static_cast<std::size_t>(owner)];
		int64_t surplus = 0;
		for (std::size_t i = 0; i < shards; ++i)
			surplus += std::max<int64_t>(counts[i] - targets[i], 0);

		const auto plan = core::plan_by_count(owners, weights);
		ASSERT_EQ(static_cast<int64_t>(plan.size()), surplus);
		for (const core::slot_move &move : plan)
		{
			ASSERT_EQ(owners[static_cast<std::size_t>(move.slot)], move.from);
			owners[static_cast<std::size_t>(move.slot)] = move.to;
		}
		std::fill(counts.begin(), counts.end(), 0);
		for (const int owner : owners)
			++counts[static_cast<std::size_t>(owner)];
		ASSERT_EQ(counts, targets);
		ASSERT_TRUE(core::plan_by_count(owners, weights).empty());
	}
}

TEST(PlanByBytes, LargestThatFits)
{
	const std::vector<int> owners = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
	const amounts bytes = {100, 90, 80, 70, 60, 50, 40, 30, 10, 10, 10, 10, 10, 10, 10, 10};
	EXPECT_EQ(core::plan_by_bytes(owners, bytes, {1, 1}), (std::vector<core::slot_move>{{0, 0, 1}, {1, 0, 1}, {7, 0, 1}}));
}

// One slot can be too large to move: the shards beside it are balanced still.
TEST(PlanByBytes, AGiantDoesNotStopTheOthers)
{
	const auto plan = core::plan_by_bytes({0, 1, 1, 1, 1}, {1000, 100, 100, 100, 100}, {1, 1, 1});
	for (const core::slot_move &move : plan)
	{
		EXPECT_EQ(move.from, 1);
		EXPECT_EQ(move.to, 2);
	}
}

TEST(PlanByBytes, NeverWorsensAndDrainsWhole)
{
	std::mt19937 random(5);
	for (int round = 0; round < 300; ++round)
	{
		const std::size_t shards = 2 + random() % 6;
		amounts weights(shards, 1);
		weights[random() % shards] = 0;
		std::vector<int> owners(1 + random() % 100);
		amounts bytes(owners.size());
		for (std::size_t i = 0; i < owners.size(); ++i)
		{
			owners[i] = static_cast<int>(random() % shards);
			bytes[i] = static_cast<int64_t>(random() % 1000);
		}
		for (const core::slot_move &move : core::plan_by_bytes(owners, bytes, weights))
		{
			ASSERT_EQ(owners[static_cast<std::size_t>(move.slot)], move.from);
			ASSERT_GT(weights[static_cast<std::size_t>(move.to)], 0);
			owners[static_cast<std::size_t>(move.slot)] = move.to;
		}
		for (const int owner : owners)
			ASSERT_GT(weights[static_cast<std::size_t>(owner)], 0);
	}
}

} // namespace
