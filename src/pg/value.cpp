// value.cpp: typed SQL values.
#include <algorithm>

#include "pg/value.hpp"

#include "pg/compat.hpp"

namespace pg {

value text_value(std::string_view v)
{
	const char *data = v.data();
	const int size = static_cast<int>(v.size());
	return {TEXTOID, call([=] { return PointerGetDatum(cstring_to_text_with_len(data, size)); }), false};
}

value optional_text_value(const std::optional<std::string> &v)
{
	return v ? text_value(std::string_view(*v)) : null_of(TEXTOID);
}

// A short one with a header of one byte, as it would be stored: the outbox,
// whose column is PLAIN, has it stored as it comes.
value bytea_value(std::string_view bytes)
{
	const std::size_t size = bytes.size() + VARHDRSZ_SHORT;
	if (size > VARATT_SHORT_MAX)
	{
		value v = text_value(bytes); // the same layout
		v.type = BYTEAOID;
		return v;
	}
	auto *datum = static_cast<char *>(allocate(CurrentMemoryContext, size));
	SET_VARSIZE_SHORT(datum, size);
	std::copy(bytes.begin(), bytes.end(), datum + VARHDRSZ_SHORT);
	return {BYTEAOID, PointerGetDatum(datum), false};
}

std::string bytea_text(Datum bytea_datum)
{
	const bytea *bytes = call([=] { return DatumGetByteaPP(bytea_datum); });
	return {VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes)};
}

value text_array_value(const std::vector<std::optional<std::string>> &elements)
{
	vector<Datum> datums;
	vector<char> nulls;
	for (const std::optional<std::string> &element : elements)
	{
		datums.push_back(element ? text_value(*element).datum : 0);
		nulls.push_back(!element);
	}
	static_assert(sizeof(bool) == sizeof(char));
	return {TEXTARRAYOID, call([&] {
				int size = static_cast<int>(datums.size());
				int first = 1;
				return PointerGetDatum(construct_md_array(datums.data(), reinterpret_cast<bool *>(nulls.data()), 1, &size, &first, TEXTOID, -1, false, TYPALIGN_INT));
			}), false};
}

value name_value(const char *v)
{
	return {NAMEOID, call([=] { return DirectFunctionCall1(namein, CStringGetDatum(v)); }), false};
}

std::string to_string(Datum text_datum)
{
	const char *chars = call([=] { return TextDatumGetCString(text_datum); });
	return chars;
}

std::string output(Oid type, Datum datum)
{
	return call([=] {
		Oid function;
		bool is_varlena;
		getTypeOutputInfo(type, &function, &is_varlena);
		return static_cast<const char *>(OidOutputFunctionCall(function, datum));
	});
}

Datum input(Oid type, const char *text, int32 typmod)
{
	return call([=] {
		Oid function;
		Oid io_param;
		getTypeInputInfo(type, &function, &io_param);
		return OidInputFunctionCall(function, const_cast<char *>(text), io_param, typmod);
	});
}

std::string quoted_identifier(const char *name)
{
	return call(quote_identifier, name);
}

std::string quoted_literal(const char *text)
{
	return call([=] { return static_cast<const char *>(quote_literal_cstr(text)); });
}

std::string qualified_name(Oid relation)
{
	const char *name = call([=]() -> const char * {
		const char *relname = get_rel_name(relation);
		if (relname == nullptr)
			return nullptr;
		return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), relname);
	});
	return name != nullptr ? std::string(name) : std::to_string(relation);
}

std::string upper_case(const std::string &ascii)
{
	std::string text = ascii;
	for (char &c : text)
		c = static_cast<char>(pg_ascii_toupper(static_cast<unsigned char>(c)));
	return text;
}

std::string quoted_role(Oid role)
{
	if (!OidIsValid(role))
		return "PUBLIC";
	return call([=] { return quote_identifier(GetUserNameFromId(role, false)); });
}

void require_type(Oid type)
{
	if (!call(get_typisdefined, type))
		throw failure(ERRCODE_UNDEFINED_OBJECT, "type with OID " + std::to_string(type) + " does not exist");
}

std::string format_type(Oid type)
{
	return call([=] { return static_cast<const char *>(format_type_be(type)); });
}

bool collation_is_c(Oid collation)
{
	return call([=] { return pg::lc_collate_is_c(collation); });
}

void arguments::require(int n, const char *name) const
{
	if (null(n))
		throw failure(ERRCODE_NULL_VALUE_NOT_ALLOWED, std::string("argument \"") + name + "\" must not be null");
}

} // namespace pg
