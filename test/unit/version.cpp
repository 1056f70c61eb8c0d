#include "core/version.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Version, SeriesIsTheFirstTwoNumbers)
{
	EXPECT_EQ(core::series_of("0.1.3"), "0.1");
	EXPECT_EQ(core::series_of("10.20"), "10.20");
	EXPECT_EQ(core::series_of("1"), "1");
	EXPECT_EQ(core::series_of(""), "");
}

TEST(Version, SeriesAreOrderedByNumber)
{
	EXPECT_EQ(core::compare_series("0.1.0", "0.1.9"), std::strong_ordering::equal);
	EXPECT_EQ(core::compare_series("0.9.0", "0.10.0"), std::strong_ordering::less);
	EXPECT_EQ(core::compare_series("1.0", "0.99.5"), std::strong_ordering::greater);
	EXPECT_EQ(core::compare_series("1", "1.0"), std::strong_ordering::less);
	EXPECT_EQ(core::compare_series("1.next", "1.other"), std::strong_ordering::less);
	EXPECT_NE(core::compare_series("99999999999999999999999.0", "1.0"), std::strong_ordering::equal);
	EXPECT_EQ(core::compare_series("", ""), std::strong_ordering::equal);
}

} // namespace
