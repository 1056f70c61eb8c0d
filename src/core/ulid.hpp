// ulid.hpp: the time in a ULID, https://github.com/ulid/spec: the first ten
// characters, Crockford's base 32, are a 48-bit count of milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace core::ulid {

constexpr std::size_t time_characters = 10;
constexpr std::int64_t greatest_millisecond = (std::int64_t{1} << 48) - 1;

// The ten characters for a time.
std::string time_prefix(std::int64_t milliseconds);

struct moment {
	std::int64_t milliseconds;
	bool exact; // nothing but zeros follows the time
};

// The time in a ULID or a prefix of one; nothing where a character is not of
// the alphabet.
std::optional<moment> time_of(std::string_view text);

} // namespace core::ulid
