#include "core/key_set.hpp"

#include <chrono>
#include <map>
#include <random>

#include <gtest/gtest.h>

namespace {

using core::all_reason;
using core::key_set;
using core::row_operation;

constexpr std::size_t no_cap = 1000000;

std::vector<std::string> keys_of(const key_set &set)
{
	std::vector<std::string> keys;
	for (const auto &entry : set.entries())
		keys.emplace_back(set.key(entry));
	return keys;
}

struct KeySet : testing::Test {
	key_set set{std::pmr::get_default_resource()};
	key_set::group users = set.add_group();

	void add(const std::string &key, int level = 1, std::size_t cap = no_cap, row_operation operation = row_operation::none)
	{
		set.add(users, key, operation, level, cap);
	}
};

TEST_F(KeySet, HoldsEachKeyOnceAGroup)
{
	const auto other = set.add_group();
	EXPECT_TRUE(set.empty());
	add("a");
	add("b");
	add("a");
	set.add(other, "a", row_operation::none, 1, no_cap);
	EXPECT_EQ(keys_of(set), (std::vector<std::string>{"a", "b", "a"}));
	EXPECT_EQ(set.size(users), 2u);
	EXPECT_EQ(set.size(other), 1u);
	EXPECT_FALSE(set.empty());
}

TEST_F(KeySet, SavepointsAsInTheManual)
{
	add("10");
	add("11", 2);
	add("12", 3);
	set.release_level(3);
	set.roll_back_level(2);
	add("13", 2);
	set.release_level(2);
	EXPECT_EQ(keys_of(set), (std::vector<std::string>{"10", "13"}));
}

TEST_F(KeySet, KeyFromBeforeTheSavepointStays)
{
	add("a");
	add("a", 2);
	add("b", 2);
	set.roll_back_level(2);
	EXPECT_EQ(keys_of(set), (std::vector<std::string>{"a"}));
}

TEST_F(KeySet, OverflowIsUndoneToTheExactSet)
{
	add("before", 1, 5);
	for (int i = 0; i < 20; ++i)
		add(std::to_string(i), 2, 5);
	EXPECT_EQ(set.all(users), all_reason::overflow);
	EXPECT_LE(set.size(users), 5u);
	set.roll_back_level(2);
	EXPECT_EQ(set.all(users), all_reason::none);
	EXPECT_EQ(keys_of(set), (std::vector<std::string>{"before"}));
}

TEST_F(KeySet, LastOperationIsUndone)
{
	add("a", 1, no_cap, row_operation::insert);
	add("a", 2, no_cap, row_operation::update);
	add("a", 2, no_cap, row_operation::remove);
	EXPECT_EQ(set.entries()[0].operation, row_operation::remove);
	set.roll_back_level(2);
	EXPECT_EQ(set.entries()[0].operation, row_operation::insert);
}

TEST_F(KeySet, AllForGoodSurvivesUndo)
{
	set.set_all(users, all_reason::truncate, 2);
	set.set_all_for_good(users);
	set.roll_back_level(2);
	EXPECT_NE(set.all(users), all_reason::none);
}

TEST_F(KeySet, ReleaseCostsTheSameHoweverMuchWasDone)
{
	for (int i = 0; i < 100000; ++i)
		add(std::to_string(i), 3);
	const auto start = std::chrono::steady_clock::now();
	set.release_level(3);
	set.release_level(2);
	EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(1));
}

// Against a model that copies everything at each savepoint.
TEST(KeySetModel, RandomSavepoints)
{
	std::mt19937 random(4711);
	const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };

	for (int round = 0; round < 300; ++round)
	{
		key_set set(std::pmr::get_default_resource());
		const std::size_t cap = round % 3 ? no_cap : 40;
		using state = std::pair<std::map<std::string, row_operation>, all_reason>;
		struct model {
			state groups[2];
		} now;
		std::vector<model> saved;
		set.add_group();
		set.add_group();

		for (int step = 0; step < 400; ++step)
		{
			const int level = static_cast<int>(saved.size()) + 1;
			const auto group = static_cast<key_set::group>(pick(2));
			state &expected = now.groups[group];
			switch (pick(8))
			{
			case 0:
				saved.push_back(now);
				break;
			case 1:
				if (saved.empty())
					break;
				set.roll_back_level(level);
				now = saved.back();
				saved.pop_back();
				break;
			case 2:
				if (saved.empty())
					break;
				set.release_level(level);
				saved.pop_back();
				break;
			case 3:
				if (pick(20))
					break;
				set.set_all(group, all_reason::truncate, level);
				if (expected.second == all_reason::none)
					expected.second = all_reason::truncate;
				break;
			default:
				const std::string key = std::to_string(pick(90));
				const auto operation = pick(2) ? row_operation::insert : row_operation::update;
				set.add(group, key, operation, level, cap);
				if (expected.second != all_reason::none)
					break;
				if (!expected.first.contains(key) && expected.first.size() >= cap)
					expected.second = all_reason::overflow;
				else
					expected.first[key] = operation;
			}
		}
		std::map<std::string, row_operation> actual[2];
		for (const auto &entry : set.entries())
			actual[entry.owner][std::string(set.key(entry))] = entry.operation;
		for (key_set::group group = 0; group < 2; ++group)
		{
			EXPECT_EQ(actual[group], now.groups[group].first);
			EXPECT_EQ(set.all(group), now.groups[group].second);
			EXPECT_EQ(set.size(group), now.groups[group].first.size());
		}
	}
}

} // namespace
