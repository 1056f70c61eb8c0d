// rowset.hpp: the rows of a set-returning function, materialized.
#pragma once

#include <initializer_list>

#include "pg/value.hpp"

namespace pg {

class rowset {
public:
	explicit rowset(FunctionCallInfo fcinfo);

	// One value for each column of the function's result, in order.
	void add(std::initializer_list<value> columns);

private:
	ReturnSetInfo *result_;
};

} // namespace pg
