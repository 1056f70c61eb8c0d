// array.hpp: one-dimensional arrays of text and name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pg/value.hpp"

namespace pg {

// Elements of a text[] or name[]; a NULL among them is nothing.
std::vector<std::optional<std::string>> text_elements(Datum array, Oid element_type = TEXTOID);
// The same where a NULL is refused (22004), named by what it is.
std::vector<std::string> texts(Datum array, const char *argument, Oid element_type = TEXTOID);

value text_array_value(const std::vector<std::string> &elements);
value name_array_value(const std::vector<std::string> &elements);
value oid_array_value(const std::vector<Oid> &elements);
value int8_array_value(const std::vector<int64> &elements);
std::vector<int64> int8_elements(Datum array);

} // namespace pg
