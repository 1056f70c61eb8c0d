// digest.hpp: MD5, SHA-1 and SHA-256 by OpenSSL.
//
// Making a context and looking up the algorithm costs several times what
// hashing a key does, so a process makes one context an algorithm, at first
// use, and keeps it.
#pragma once

#include <optional>
#include <string_view>

namespace core {

enum class digest_algorithm { md5, sha1, sha256 };

struct digest {
	unsigned char bytes[32];
	unsigned size;
};

// Nothing where the library refuses the algorithm, as it does MD5 in FIPS mode.
std::optional<digest> digest_of(digest_algorithm algorithm, std::string_view data);

} // namespace core
