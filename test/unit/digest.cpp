// digest.cpp: published vectors, and contexts that are used again.
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "core/digest.hpp"

namespace {

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

std::string hex(const core::digest &d) { return hex(d.bytes, d.size); }

TEST(Digest, PublishedVectorsAndReuse)
{
	for (int again = 0; again < 3; ++again)
	{
		EXPECT_EQ(hex(*core::digest_of(core::digest_algorithm::md5, "abc")), "900150983cd24fb0d6963f7d28e17f72");
		EXPECT_EQ(hex(*core::digest_of(core::digest_algorithm::sha1, "abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
		EXPECT_EQ(hex(*core::digest_of(core::digest_algorithm::sha256, "abc")),
				  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
		EXPECT_EQ(hex(*core::digest_of(core::digest_algorithm::md5, "")), "d41d8cd98f00b204e9800998ecf8427e");
	}
}

} // namespace
