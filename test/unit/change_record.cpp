#include "core/change_record.hpp"

#include <gtest/gtest.h>

namespace {

using core::all_reason;
using core::change_record;
using core::payload_kind;
using core::row_operation;

const change_record usual{1, payload_kind::keys, all_reason::none, "cache_invalidation", "public.users", "", {{"users:4711"}}};

std::string written(const std::vector<change_record> &records)
{
	std::string body;
	for (const change_record &record : records)
		core::append_record(body, record);
	return body;
}

void expect_same(const change_record &one, const change_record &other)
{
	EXPECT_EQ(one.watch, other.watch);
	EXPECT_EQ(one.payload, other.payload);
	EXPECT_EQ(one.all, other.all);
	EXPECT_EQ(one.channel, other.channel);
	EXPECT_EQ(one.relation, other.relation);
	EXPECT_EQ(one.table, other.table);
	ASSERT_EQ(one.keys.size(), other.keys.size());
	for (std::size_t n = 0; n < one.keys.size(); ++n)
	{
		EXPECT_EQ(one.keys[n].key, other.keys[n].key);
		EXPECT_EQ(one.keys[n].operation, other.keys[n].operation);
	}
}

TEST(ChangeRecord, ComesBackAsItWas)
{
	const std::string long_key(1000, 'k');
	const std::vector<change_record> records{
		usual,
		{300, payload_kind::row, all_reason::none, "another", "public.users", "users", {{"1", row_operation::remove}, {long_key, row_operation::insert}}},
		{7, payload_kind::hashed, all_reason::overflow, "cache_invalidation", "s.t", "", {}},
		{8, payload_kind::doorbell, all_reason::manual, "", "s.t", "", {}},
		{0, payload_kind::keys, all_reason::none, "c", "", "", {{""}}}};
	const std::string body = written(records);
	std::vector<change_record> read;
	ASSERT_TRUE(core::read_records(body, read));
	ASSERT_EQ(read.size(), records.size());
	for (std::size_t n = 0; n < read.size(); ++n)
		expect_same(read[n], records[n]);
}

// What every commit pays for: the names, a length for each, and three bytes.
TEST(ChangeRecord, IsShortInTheUsualCase)
{
	EXPECT_EQ(written({usual}).size(), std::string("public.users").size() + 1 + std::string("users:4711").size() + 1 + 3);
}

TEST(ChangeRecord, TellsDamage)
{
	const std::string body = written({usual});
	std::vector<change_record> read;
	for (std::size_t size = 1; size < body.size(); ++size)
		EXPECT_FALSE(core::read_records(std::string_view(body).substr(0, size), read)) << size;
}

TEST(ChangeRecord, WhatNobodyWritesIsDamage)
{
	std::vector<change_record> read;
	EXPECT_FALSE(core::read_records(written({{1, payload_kind::keys, all_reason::truncate, "c", "public.t", "", {{"user:1"}}}}), read))
		<< "a whole table with keys";
	std::string of_another_version = written({usual});
	of_another_version[1] = static_cast<char>(of_another_version[1] | 0x80);
	EXPECT_FALSE(core::read_records(of_another_version, read)) << "a bit without a meaning";
	EXPECT_TRUE(read.empty());
}

} // namespace
