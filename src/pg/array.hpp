// array.hpp: SQL arrays as lists of their elements.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pg/value.hpp"

namespace pg {

struct array_elements {
	Oid type;
	int count;
	Datum *values;
	bool *nulls;
};

// All elements in storage order, whatever the array's dimensions.
array_elements elements_of(Datum array);

// A one-dimensional array; {} where it has no elements.
value array_value(Oid element_type, const vector<Datum> &values, const vector<char> &nulls);

// Elements of a text[] or name[]; a NULL among them is nothing.
std::vector<std::optional<std::string>> text_elements(Datum array, Oid element_type = TEXTOID);
// The same where a NULL is refused (22004), named by what it is.
std::vector<std::string> texts(Datum array, const char *argument, Oid element_type = TEXTOID);
std::vector<int64> int8_elements(Datum array);

value text_array_value(const std::vector<std::string> &elements);
value name_array_value(const std::vector<std::string> &elements);
value oid_array_value(const std::vector<Oid> &elements);
value int8_array_value(const std::vector<int64> &elements);

} // namespace pg
