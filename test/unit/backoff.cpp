#include "core/backoff.hpp"

#include <gtest/gtest.h>

namespace {

constexpr double middle = 0.5; // no jitter

TEST(Backoff, DoublesFromTheBase)
{
	EXPECT_EQ(core::backoff(1, 10, 1000, middle), 10);
	EXPECT_EQ(core::backoff(2, 10, 1000, middle), 20);
	EXPECT_EQ(core::backoff(5, 10, 1000, middle), 160);
}

TEST(Backoff, StopsAtTheCap)
{
	EXPECT_EQ(core::backoff(8, 10, 1000, middle), 1000);
	EXPECT_EQ(core::backoff(1, 5000, 1000, middle), 1000);
}

TEST(Backoff, NeverOverflows)
{
	constexpr std::int64_t hour = 3600LL * 1000 * 1000;
	EXPECT_EQ(core::backoff(2147483647, hour, hour, middle), hour);
	EXPECT_EQ(core::backoff(2147483647, 1, hour, middle), hour);
}

TEST(Backoff, SpreadsByTwelvePercentAtMost)
{
	EXPECT_EQ(core::backoff(1, 1000, 1000, 0.0), 880);
	EXPECT_EQ(core::backoff(1, 1000, 1000, 0.999999), 1119);
	EXPECT_LT(core::backoff(3, 1000, 100000, 0.25), core::backoff(3, 1000, 100000, 0.75));
}

} // namespace
