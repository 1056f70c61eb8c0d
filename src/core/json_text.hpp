// json_text.hpp: JSON strings that are pure ASCII.
//
// A notification that cannot be converted to a listener's client_encoding
// ends the listener's connection, so payloads carry nothing but ASCII:
// everything else is \uXXXX, beyond the basic plane a surrogate pair.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace core {

// How the bytes of a text are to be read.
enum class charset : unsigned char {
	utf8,
	bytes // no encoding known (SQL_ASCII): a byte above 127 becomes \u00XX
};

// Appends the text as a quoted JSON string.
void append_json(std::string &out, std::string_view text, charset set);

// Bytes that append_json would append, quotes not counted.
std::size_t json_length(std::string_view text, charset set);

} // namespace core
