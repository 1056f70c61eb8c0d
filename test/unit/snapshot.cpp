#include "core/position_token.hpp"
#include "core/snapshot.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Snapshot, SeesWhatHadEnded)
{
	const auto snap = core::parse_snapshot("10:20:10,14,18");
	ASSERT_TRUE(snap);
	for (const std::uint64_t xid : {1, 9, 11, 13, 15, 19})
		EXPECT_TRUE(snap->sees(xid)) << xid;
	for (const std::uint64_t xid : {10, 14, 18, 20, 21})
		EXPECT_FALSE(snap->sees(xid)) << xid;
}

TEST(Snapshot, CoversWhatSeesNoMore)
{
	const auto snap = *core::parse_snapshot("10:20:10,14");
	for (const char *less : {"10:20:10,14", "10:20:10,12,14", "9:9:", "10:15:10,14"})
		EXPECT_TRUE(snap.covers(*core::parse_snapshot(less))) << less;
	for (const char *more : {"14:20:14", "10:21:10,14", "10:20:10"})
		EXPECT_FALSE(snap.covers(*core::parse_snapshot(more))) << more;
}

TEST(Snapshot, HidesItsOwnTransaction)
{
	auto snap = *core::parse_snapshot("10:20:14");
	snap.hide(17);
	snap.hide(14);
	snap.hide(25);
	EXPECT_EQ(core::print_snapshot(snap), "10:20:14,17");
	snap.hide(7);
	EXPECT_EQ(core::print_snapshot(snap), "7:20:7,14,17");
}

TEST(Snapshot, CutForgetsWhatBeganLater)
{
	auto snap = *core::parse_snapshot("10:20:10,14,18");
	snap.cut(15);
	EXPECT_EQ(core::print_snapshot(snap), "10:15:10,14");
	snap.cut(8);
	EXPECT_EQ(core::print_snapshot(snap), "8:8:");
}

TEST(Snapshot, ReadsOnlySnapshots)
{
	for (const char *text : {"10:10:", "10:20:", "10:20:10,11,19"})
		EXPECT_EQ(core::print_snapshot(*core::parse_snapshot(text)), text);
	for (const char *text : {"", "10", "10:20", "20:10:", "0:1:", "10:20:9", "10:20:20", "10:20:12,11", "10:20:11,11", "10:20:11,",
							 "10:20:x", "-1:20:", "10:20::", "10:20: 11"})
		EXPECT_FALSE(core::parse_snapshot(text)) << text;
}

TEST(PositionToken, RoundTrips)
{
	for (const char *text : {"8f3c21ab-5/1:4711", "0/7:0", "8f3c21ab-5/1:4711:740:744:741"})
	{
		const auto token = core::parse_token(text);
		ASSERT_TRUE(token) << text;
		EXPECT_EQ(core::print_token(*token), text);
		EXPECT_FALSE(token->unknown_suffix);
	}
	EXPECT_TRUE(core::parse_token("ab/1:5:v2;x")->unknown_suffix);
}

TEST(PositionToken, RefusesNonsense)
{
	for (const char *text : {"", "hello", "1", "ab:1", "ab/1", "ab/x:1", "ab/1:-1", "ab/1:1x", "AB/1:1", "ab/-1:1", "/1:1"})
		EXPECT_FALSE(core::parse_token(text)) << text;
}

} // namespace
