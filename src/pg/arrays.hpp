// arrays.hpp: one-dimensional views of SQL arrays.
#pragma once

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

} // namespace pg
