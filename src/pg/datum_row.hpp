// datum_row.hpp: the columns of a row, as the server's functions want them.
#pragma once

#include <boost/container/static_vector.hpp>

#include "pg/value.hpp"

namespace pg {

struct datum_row {
	datum_row(std::initializer_list<value> columns)
	{
		for (const value &column : columns)
		{
			datums.push_back(column.datum);
			nulls.push_back(column.null);
		}
	}

	int size() const { return static_cast<int>(datums.size()); }

	boost::container::static_vector<Datum, 64> datums;
	boost::container::static_vector<bool, 64> nulls;
};

} // namespace pg
