// rowset.cpp: the rows of a set-returning function.
#include <boost/container/static_vector.hpp>

#include "pg/rowset.hpp"

namespace pg {

rowset::rowset(FunctionCallInfo fcinfo) : result_(reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo))
{
	call([=] { InitMaterializedSRF(fcinfo, 0); });
}

void rowset::add(std::initializer_list<value> columns)
{
	boost::container::static_vector<Datum, 64> datums;
	boost::container::static_vector<char, 64> nulls;
	for (const value &column : columns)
	{
		datums.push_back(column.datum);
		nulls.push_back(column.null);
	}
	static_assert(sizeof(bool) == sizeof(char));
	call([&] {
		Assert(result_->setDesc->natts == static_cast<int>(datums.size()));
		tuplestore_putvalues(result_->setResult, result_->setDesc, datums.data(), reinterpret_cast<bool *>(nulls.data()));
	});
}

} // namespace pg
