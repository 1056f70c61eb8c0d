// rowset.cpp: the rows of a set-returning function.
#include "pg/rowset.hpp"

#include "pg/datum_row.hpp"

namespace pg {

rowset::rowset(FunctionCallInfo fcinfo) : result_(reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo))
{
	call([=] { InitMaterializedSRF(fcinfo, 0); });
}

void rowset::add(std::initializer_list<value> columns)
{
	datum_row row(columns);
	call([&] {
		Assert(result_->setDesc->natts == row.size());
		tuplestore_putvalues(result_->setResult, result_->setDesc, row.datums.data(), row.nulls.data());
	});
}

} // namespace pg
