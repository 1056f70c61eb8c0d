// digest.hpp: the server's own MD5 and HMAC-SHA-256, as hex.
#pragma once

#include <string>
#include <string_view>

#include "pg/error.hpp"

namespace pg {

inline constexpr std::size_t md5_hex_length = 32;

// Writes md5_hex_length characters and a final zero.
void md5_hex(std::string_view text, char *hex);

// The first bytes of the HMAC.
std::string hmac_sha256_hex(std::string_view secret, std::string_view text, std::size_t bytes);

} // namespace pg
