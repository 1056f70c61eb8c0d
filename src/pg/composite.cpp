// composite.cpp: one row as the result of a SQL function.
#include "pg/composite.hpp"

#include "pg/datum_row.hpp"

namespace pg {

Datum composite_result(FunctionCallInfo fcinfo, std::initializer_list<value> columns)
{
	datum_row row(columns);
	return call([&] {
		TupleDesc description;
		if (get_call_result_type(fcinfo, nullptr, &description) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		Assert(description->natts == row.size());
		HeapTuple tuple = heap_form_tuple(BlessTupleDesc(description), row.datums.data(), row.nulls.data());
		return HeapTupleGetDatum(tuple);
	});
}

} // namespace pg
