// placement.cpp: key to one of n, against published vectors and its own promises
// on random input.
#include <algorithm>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "core/placement.hpp"

namespace {

using std::int64_t;

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

} // namespace
