// decimal.cpp: exact numbers by the server's numeric.
#include "pg/decimal.hpp"

namespace pg {

namespace {

Datum apply(PGFunction function, decimal a, decimal b)
{
	return call([=] { return DirectFunctionCall2(function, a.datum(), b.datum()); });
}

} // namespace

decimal decimal::from_int8(int64 value)
{
	return decimal(call([=] { return NumericGetDatum(int64_to_numeric(value)); }));
}

decimal decimal::parse(const std::string &text)
{
	return decimal(call([&] {
		return DirectFunctionCall3(numeric_in, CStringGetDatum(text.c_str()), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	}));
}

bool decimal::finite() const
{
	const Numeric value = DatumGetNumeric(numeric_);
	return !numeric_is_nan(value) && !numeric_is_inf(value);
}

bool decimal::multiple_of(decimal unit) const
{
	return finite() && compare(*this % unit, from_int8(0)) == 0;
}

int64 decimal::to_int8() const
{
	return DatumGetInt64(call([this] { return DirectFunctionCall1(numeric_int8, numeric_); }));
}

std::string decimal::text() const
{
	return call([this] { return static_cast<const char *>(numeric_normalize(DatumGetNumeric(numeric_))); });
}

decimal operator+(decimal a, decimal b) { return decimal(apply(numeric_add, a, b)); }
decimal operator-(decimal a, decimal b) { return decimal(apply(numeric_sub, a, b)); }
decimal operator*(decimal a, decimal b) { return decimal(apply(numeric_mul, a, b)); }
decimal operator%(decimal a, decimal b) { return decimal(apply(numeric_mod, a, b)); }

int compare(decimal a, decimal b)
{
	return DatumGetInt32(apply(numeric_cmp, a, b));
}

decimal power_of_ten(int exponent)
{
	return decimal::parse("1e" + std::to_string(exponent));
}

// numeric.c keeps these macros to itself: precision in the upper half, scale
// as eleven bits with a sign below, VARHDRSZ added.
std::optional<numeric_limit> limit_of(int32 typmod)
{
	if (typmod < static_cast<int32>(VARHDRSZ))
		return std::nullopt;
	const int32 packed = typmod - static_cast<int32>(VARHDRSZ);
	return numeric_limit{(packed >> 16) & 0xffff, ((packed & 0x7ff) ^ 1024) - 1024};
}

decimal number_of(Oid type, Datum value)
{
	switch (type)
	{
	case INT2OID:
		return decimal::from_int8(DatumGetInt16(value));
	case INT4OID:
		return decimal::from_int8(DatumGetInt32(value));
	case INT8OID:
		return decimal::from_int8(DatumGetInt64(value));
	default:
		Assert(type == NUMERICOID);
		return decimal(value);
	}
}

} // namespace pg
