// spi.cpp: SQL from inside.
#include <boost/container/small_vector.hpp>

#include "pg/spi.hpp"

#include "pg/identity.hpp"
#include "pg/resources.hpp"

namespace pg {

namespace {

// SPI wants its parameters as three parallel arrays.
struct parameter_arrays {
	explicit parameter_arrays(std::initializer_list<value> parameters)
	{
		for (const value &parameter : parameters)
		{
			types.push_back(parameter.type);
			datums.push_back(parameter.datum);
			nulls.push_back(parameter.null ? 'n' : ' ');
		}
	}

	int count() const { return static_cast<int>(types.size()); }

	boost::container::small_vector<Oid, 16> types;
	boost::container::small_vector<Datum, 16> datums;
	boost::container::small_vector<char, 16> nulls;
};

// Operators have no schema in our statements, and the caller's search_path may
// hold better matches for them than the server's: somebody else's, which would
// run with the caller's rights.
class pinned_path {
public:
	pinned_path() { set_local("search_path", "pg_catalog, pg_temp"); }

private:
	setting_scope settings_;
};

void refuse_failure(int code, const char *what)
{
	if (code < 0)
		elog(ERROR, "%s failed: %s", what, SPI_result_code_string(code));
}

template <typename Run>
uint64 run(spi::access mode, Run &&statement)
{
	if (mode != spi::access::read_latest)
		return call([&] { return statement(mode == spi::access::read_only); });
	const latest_snapshot now;
	return call([&] { return statement(true); });
}

} // namespace

bool row::null(int column) const
{
	bool isnull;
	call([&] { SPI_getbinval(tuple_, description_, column, &isnull); });
	return isnull;
}

Datum row::datum(int column) const
{
	bool isnull;
	return call([&] { return SPI_getbinval(tuple_, description_, column, &isnull); });
}

std::string row::output(int column) const
{
	const char *chars = call([&] { return static_cast<const char *>(SPI_getvalue(tuple_, description_, column)); });
	return chars ? chars : "";
}

uint64 spi::execute(const std::string &sql, std::initializer_list<value> parameters, access mode)
{
	const pinned_path pinned;
	parameter_arrays arrays(parameters);
	return run(mode, [&](bool read_only) {
		refuse_failure(SPI_execute_with_args(sql.c_str(), arrays.count(), arrays.types.data(), arrays.datums.data(),
											 arrays.nulls.data(), read_only, 0),
					   "SPI_execute_with_args");
		return SPI_processed;
	});
}

uint64 spi::execute(statement &kept, std::initializer_list<value> parameters, access mode)
{
	const pinned_path pinned;
	parameter_arrays arrays(parameters);
	return run(mode, [&](bool read_only) {
		if (kept.plan_ == nullptr)
		{
			SPIPlanPtr plan = SPI_prepare(kept.sql_, arrays.count(), arrays.types.data());
			if (plan == nullptr)
				elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
			SPI_keepplan(plan);
			kept.plan_ = plan;
		}
		refuse_failure(SPI_execute_plan(kept.plan_, arrays.datums.data(), arrays.nulls.data(), read_only, 0),
					   "SPI_execute_plan");
		return SPI_processed;
	});
}

} // namespace pg
