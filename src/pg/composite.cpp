// composite.cpp: one row as the result of a SQL function.
#include <boost/container/static_vector.hpp>

#include "pg/composite.hpp"

namespace pg {

Datum composite_result(FunctionCallInfo fcinfo, std::initializer_list<value> columns)
{
	boost::container::static_vector<Datum, 32> datums;
	boost::container::static_vector<char, 32> nulls;
	for (const value &column : columns)
	{
		datums.push_back(column.datum);
		nulls.push_back(column.null);
	}
	static_assert(sizeof(bool) == sizeof(char));
	return call([&] {
		TupleDesc description;
		if (get_call_result_type(fcinfo, nullptr, &description) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		Assert(description->natts == static_cast<int>(datums.size()));
		HeapTuple tuple = heap_form_tuple(BlessTupleDesc(description), datums.data(), reinterpret_cast<bool *>(nulls.data()));
		return HeapTupleGetDatum(tuple);
	});
}

} // namespace pg
