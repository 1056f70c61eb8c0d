// expression.hpp: is a text one expression and nothing more?
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

// Raises the server's syntax error where it does not parse at all; false
// where it parses as something larger, so that it may be put between
// parentheses in a statement without becoming another statement.
bool is_one_expression(const std::string &text);

} // namespace pg
