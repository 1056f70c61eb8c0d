#include "core/key_template.hpp"

#include <gtest/gtest.h>

namespace {

std::string message_of(const char *text)
{
	try
	{
		core::parse_key_template(text);
	}
	catch (const core::template_error &e)
	{
		return e.what();
	}
	return "parsed";
}

TEST(KeyTemplate, SplitsLiteralsAndColumns)
{
	const auto parts = core::parse_key_template("org:{org_id}:users|{name|url}{id|md5}");
	ASSERT_EQ(parts.size(), 5u);
	EXPECT_EQ(parts[0].literal, "org:");
	EXPECT_EQ(parts[1].column, "org_id");
	EXPECT_EQ(parts[1].filter, core::key_filter::none);
	EXPECT_EQ(parts[2].literal, ":users|");
	EXPECT_EQ(parts[3].filter, core::key_filter::url);
	EXPECT_EQ(parts[4].filter, core::key_filter::md5);
}

TEST(KeyTemplate, DoubledBracesAreLiteral)
{
	const auto parts = core::parse_key_template("{{{id}}}");
	ASSERT_EQ(parts.size(), 3u);
	EXPECT_EQ(parts[0].literal, "{");
	EXPECT_EQ(parts[1].column, "id");
	EXPECT_EQ(parts[2].literal, "}");
}

TEST(KeyTemplate, PrintingIsTheInverse)
{
	for (const char *text : {"user:{id}", "{{x}}{a|url}-{b|md5}", "{ä ö}", "a{b}c{d}"})
		EXPECT_EQ(core::print_key_template(core::parse_key_template(text)), text);
}

TEST(KeyTemplate, RefusesWhatIsNoTemplate)
{
	EXPECT_EQ(message_of("user"), "no column is named");
	EXPECT_EQ(message_of(""), "no column is named");
	EXPECT_EQ(message_of("user:{id"), "\"{\" without \"}\"");
	EXPECT_EQ(message_of("user:id}"), "\"}\" without \"{\"");
	EXPECT_EQ(message_of("user:{}"), "a placeholder names no column");
	EXPECT_EQ(message_of("user:{|url}"), "a placeholder names no column");
	EXPECT_EQ(message_of("user:{id|base64}"), "unknown filter \"base64\"");
}

} // namespace
