// vitess.hpp: keyspace ids of Vitess and the key ranges that hold them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace core {

using keyspace_id = std::array<unsigned char, 8>;

// Vindexes "hash" (3DES of the big-endian key under a key of zeros),
// "xxhash" (of the decimal text), "numeric" and "reverse_bits".  Nothing
// for any other name, or where OpenSSL refuses 3DES.
std::optional<keyspace_id> vitess_keyspace_id(std::int64_t key, std::string_view vindex);

std::uint64_t xxhash64(std::string_view data);

// "40-80": from 0x40 up to, not including, 0x80; an empty side is open.
struct key_range {
	std::string lower;
	std::string upper;

	bool contains(std::string_view id) const { return id >= lower && (upper.empty() || id < upper); }
};

// Nothing where the text is not a key range.
std::optional<key_range> parse_key_range(std::string_view text);

} // namespace core
