// encoding.hpp: between the database's encoding and UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pg/error.hpp"

namespace pg {

// Does the database say what its bytes mean?  (SQL_ASCII does not.)
bool database_has_encoding();
bool database_is_utf8();

// SQL_ASCII text passes through both as it is.
// Nothing where a character has no counterpart.
std::optional<std::string> to_utf8(std::string_view text);
// Raises where a character has none.
std::string from_utf8(std::string_view text);

} // namespace pg
