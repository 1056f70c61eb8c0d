// key_template.hpp: cache keys as users write them, 'org:{org_id}:users'.
//
// A placeholder names a column and may pass its text through a filter: |url
// percent-encodes (RFC 3986, upper-case hex), which makes a key of several
// columns unambiguous; |md5 shortens.  {{ and }} are literal braces.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace core {

enum class key_filter : unsigned char { none, url, md5 };

// Literal text, or (column not empty) a placeholder.
struct template_part {
	std::string literal;
	std::string column;
	key_filter filter = key_filter::none;
};

class template_error : public std::invalid_argument {
public:
	using std::invalid_argument::invalid_argument;
};

// Throws template_error.  A template without a column is an error: its key
// would not depend on the row.
std::vector<template_part> parse_key_template(std::string_view text);

// The same for what somebody may have written past watch(), where no change of
// the table may fail for it: nothing where it is no template.
std::optional<std::vector<template_part>> try_parse_key_template(std::string_view text);

// The inverse, for templates whose columns have been renamed.
std::string print_key_template(const std::vector<template_part> &parts);

// Literal text as it has to be written in a template.
std::string escape_template_literal(std::string_view literal);

bool is_url_unreserved(unsigned char c);

} // namespace core
