// rebalance.cpp: what a plan promises, whatever it is asked.
#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "core/rebalance.hpp"

namespace {

using std::int64_t;
using amounts = std::vector<int64_t>;

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
