#include "core/payload.hpp"

#include <gtest/gtest.h>

namespace {

using core::charset;

const core::payload_header tick{"8f3c21-5/1", 4711, 4710, "0/16B3748", "774120", ""};

TEST(Payload, LooksAsDocumented)
{
	const std::vector<core::payload_group> groups{{3, "public.users", core::all_reason::none, false, {"user:17", "org:5:users"}},
												  {9, "public.prices", core::all_reason::truncate, false, {}}};
	const auto parts = core::pack(tick, groups, charset::utf8, 7999, 8);
	ASSERT_EQ(parts.size(), 1u);
	EXPECT_EQ(parts[0], R"({"v":1,"e":"8f3c21-5/1","pos":4711,"prev":4710,"lsn":"0/16B3748","xmax":"774120","part":1,"of":1,"c":[)"
						R"({"r":"public.users","w":3,"k":["user:17","org:5:users"]},)"
						R"({"r":"public.prices","w":9,"all":true,"why":"truncate"}]})");
	EXPECT_EQ(core::doorbell(tick), R"({"v":1,"e":"8f3c21-5/1","pos":4711,"prev":4710,"lsn":"0/16B3748","xmax":"774120"})");
}

// One key as long as it takes to make the payload exactly so long.
std::vector<std::string> packed_to(std::size_t size)
{
	const std::string first = "x";
	std::string second;
	const auto pack = [&] {
		return core::pack(tick, {{1, "public.t", core::all_reason::none, false, {first, second}}}, charset::utf8, 7999, 8);
	};
	const std::size_t empty = pack()[0].size();
	second.assign(size - empty, 'y');
	return pack();
}

TEST(Payload, UsesTheLimitToTheByte)
{
	EXPECT_EQ(packed_to(7998).size(), 1u);
	EXPECT_EQ(packed_to(7999).size(), 1u);
	EXPECT_EQ(packed_to(7999)[0].size(), 7999u);
	EXPECT_EQ(packed_to(8000).size(), 2u);
}

TEST(Payload, EveryPartFitsAndNothingIsLost)
{
	std::vector<std::string> names;
	for (int i = 0; i < 20000; ++i)
		names.push_back("tenant:" + std::to_string(i) + ":€\"");
	std::vector<core::payload_group> groups;
	for (int g = 0; g < 40; ++g)
	{
		groups.push_back({g, "public.t" + std::to_string(g), core::all_reason::none, false, {}});
		for (int i = g * 500; i < (g + 1) * 500; ++i)
			groups.back().keys.push_back(names[static_cast<std::size_t>(i)]);
	}
	const auto parts = core::pack(tick, groups, charset::utf8, 7999, 1000);
	EXPECT_GT(parts.size(), 50u);
	std::size_t keys = 0;
	for (std::size_t i = 0; i < parts.size(); ++i)
	{
		EXPECT_LE(parts[i].size(), 7999u);
		EXPECT_GT(parts[i].size(), i + 1 < parts.size() ? 7900u : 0u);
		EXPECT_NE(parts[i].find("\"part\":" + std::to_string(i + 1) + ",\"of\":" + std::to_string(parts.size())), std::string::npos);
		for (std::size_t at = parts[i].find("tenant:"); at != std::string::npos; at = parts[i].find("tenant:", at + 1))
			++keys;
	}
	EXPECT_EQ(keys, 20000u);
}

TEST(Payload, TooManyPartsBecomeOneThatSaysSo)
{
	std::vector<std::string> names;
	std::vector<core::payload_group> groups{{1, "t", core::all_reason::none, false, {}}};
	for (int i = 0; i < 5000; ++i)
		names.push_back("key:" + std::to_string(i));
	groups[0].keys.assign(names.begin(), names.end());
	const auto parts = core::pack(tick, groups, charset::utf8, 7999, 3);
	ASSERT_EQ(parts.size(), 1u);
	EXPECT_LE(parts[0].size(), 7999u);
	EXPECT_NE(parts[0].find(R"("part":1,"of":1,"more":true)"), std::string::npos);
}

TEST(Payload, RowsAsTheClassicTriggerSendsThem)
{
	EXPECT_EQ(core::row_payload("users", "\"id\": 123", "UPDATE", charset::utf8),
			  R"({"table": "users", "id": 123, "operation": "UPDATE"})");
	EXPECT_EQ(core::row_payload("users", core::all_reason::truncate, charset::utf8),
			  R"({"table": "users", "id": null, "operation": "TRUNCATE"})");
}

} // namespace
