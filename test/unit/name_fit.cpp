#include "core/name_fit.hpp"

#include <gtest/gtest.h>

namespace {

std::string clip(const std::string &text, std::size_t bytes)
{
	return text.substr(0, bytes);
}

std::string hash(const std::string &)
{
	return "01234567";
}

std::string name(const std::string &pattern, const std::string &parent, const std::string &bound)
{
	return core::fit_name({pattern, parent, "public." + parent, bound}, {clip, hash});
}

TEST(NameFit, FillsThePattern)
{
	EXPECT_EQ(name("{parent}_p{bound}", "events", "20260101"), "events_p20260101");
	EXPECT_EQ(name("p{bound}", "events", "5000"), "p5000");
	EXPECT_EQ(name("{bound}_{parent}", "events", "eu"), "eu_events");
}

TEST(NameFit, CutsTheBaseAndKeepsTheBound)
{
	const std::string fitted = name("{parent}_p{bound}", std::string(63, 'x'), "20260101");
	EXPECT_EQ(fitted.size(), core::most_name_bytes);
	EXPECT_EQ(fitted, std::string(44, 'x') + "_01234567_p20260101");
}

TEST(NameFit, HashesALongBound)
{
	EXPECT_EQ(name("{parent}_{bound}", "t", std::string(100, 'l')), "t_" + std::string(23, 'l') + "_01234567");
	EXPECT_EQ(name(std::string(31, 'q') + "{bound}{parent}", "events", std::string(32, 'l')), std::string(31, 'q') + "01234567events");
}

TEST(NameFit, TakesFieldsInNamesForWhatTheyAre)
{
	EXPECT_EQ(name("{parent}_p{bound}", "t{bound}", "{parent}"), "t{bound}_p{parent}");
}

TEST(NameFit, KnowsAPattern)
{
	EXPECT_TRUE(core::is_name_pattern("{parent}_p{bound}"));
	EXPECT_TRUE(core::is_name_pattern("{bound}"));
	EXPECT_FALSE(core::is_name_pattern("{parent}"));
	EXPECT_FALSE(core::is_name_pattern("{bound}{bound}"));
	EXPECT_FALSE(core::is_name_pattern("{bound}{"));
	EXPECT_FALSE(core::is_name_pattern(std::string(32, 'q') + "{bound}"));
}

} // namespace
