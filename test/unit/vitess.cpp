// vitess.cpp: keyspace ids as Vitess' own tests have them, and key ranges.
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "core/vitess.hpp"

namespace {

using std::int64_t;

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

} // namespace
