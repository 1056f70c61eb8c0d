// value.hpp: typed SQL values, going into queries and out of functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pg/memory.hpp"

namespace pg {

// A value of a SQL type.  Pass-by-reference values live in the memory context
// that was current when they were made.
struct value {
	Oid type = InvalidOid;
	Datum datum = 0;
	bool null = true;
};

inline value null_of(Oid type) { return {type, 0, true}; }
inline value int4_value(int32 v) { return {INT4OID, Int32GetDatum(v), false}; }
inline value int8_value(int64 v)
{
	return {INT8OID, call([=] { return Int64GetDatum(v); }), false};
}
inline value bool_value(bool v) { return {BOOLOID, BoolGetDatum(v), false}; }
inline value float8_value(double v)
{
	return {FLOAT8OID, call([=] { return Float8GetDatum(v); }), false};
}
inline value oid_value(Oid v, Oid type = OIDOID) { return {type, ObjectIdGetDatum(v), false}; }
inline value regclass_value(Oid v) { return {REGCLASSOID, ObjectIdGetDatum(v), !OidIsValid(v)}; }
inline value timestamptz_value(TimestampTz v) { return {TIMESTAMPTZOID, TimestampTzGetDatum(v), false}; }
value text_value(std::string_view v);
value optional_text_value(const std::optional<std::string> &v);
value text_array_value(const std::vector<std::optional<std::string>> &elements);
value name_value(const char *v);

value bytea_value(std::string_view bytes);

std::string bytea_text(Datum bytea_datum);

// Text of a text-like or name argument.
std::string to_string(Datum text_datum);

// A value through its type's output and input functions.
std::string output(Oid type, Datum datum);
Datum input(Oid type, const char *text, int32 typmod = -1);

// "schema"."name" quoted where needed, and the pieces of it.
std::string quoted_identifier(const char *name);
std::string quoted_literal(const char *text);
std::string qualified_name(Oid relation);
std::string upper_case(const std::string &ascii);
std::string quoted_role(Oid role); // PUBLIC for InvalidOid
// Refuses an OID that is no type (42704).
void require_type(Oid type);
std::string format_type(Oid type);
bool collation_is_c(Oid collation);

// The arguments of a SQL function.
class arguments {
public:
	explicit arguments(FunctionCallInfo fcinfo) : fcinfo_(fcinfo) {}

	int count() const { return fcinfo_->nargs; }
	bool null(int n) const { return fcinfo_->args[n].isnull; }
	Datum datum(int n) const { return fcinfo_->args[n].value; }
	Oid oid(int n) const { return DatumGetObjectId(datum(n)); }
	int32 int4(int n) const { return DatumGetInt32(datum(n)); }
	int64 int8(int n) const { return DatumGetInt64(datum(n)); }
	bool boolean(int n) const { return DatumGetBool(datum(n)); }
	std::string text(int n) const { return to_string(datum(n)); }
	std::optional<std::string> optional_text(int n) const
	{
		return null(n) ? std::nullopt : std::optional<std::string>(text(n));
	}
	// Refuses a NULL where the function needs a value (22004).
	void require(int n, const char *name) const;

private:
	FunctionCallInfo fcinfo_;
};

} // namespace pg
