#include "core/json_text.hpp"

#include <gtest/gtest.h>

namespace {

std::string json(std::string_view text, core::charset set = core::charset::utf8)
{
	std::string out;
	core::append_json(out, text, set);
	EXPECT_EQ(out.size(), core::json_length(text, set) + 2);
	for (const char c : out)
		EXPECT_TRUE(c >= 0x20 && c < 0x7f);
	return out;
}

TEST(JsonText, EscapesToAscii)
{
	EXPECT_EQ(json("plain:1"), R"("plain:1")");
	EXPECT_EQ(json("a\"b\\c\n\t\x01"), R"("a\"b\\c\n\t\u0001")");
	EXPECT_EQ(json("€ü"), R"("\u20ac\u00fc")");
	EXPECT_EQ(json("\xe2\x80\xa8"), R"("\u2028")");
	EXPECT_EQ(json("😀"), R"("\ud83d\ude00")");
	EXPECT_EQ(json("\x7f"), R"("\u007f")");
	EXPECT_EQ(json(""), R"("")");
}

TEST(JsonText, BytesWithoutAnEncodingStandForThemselves)
{
	EXPECT_EQ(json("\xe2\x82", core::charset::bytes), R"("\u00e2\u0082")");
	EXPECT_EQ(json("\xe2\x82"), R"("\u00e2\u0082")"); // a cut character
	EXPECT_EQ(json("\xff", core::charset::utf8), R"("\u00ff")");
}

} // namespace
