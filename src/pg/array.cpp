// array.cpp: one-dimensional arrays of text and name.
#include "pg/array.hpp"

namespace pg {

namespace {

// What deconstruct_array and construct_array have to know of a type.
struct element_layout {
	Oid type;
	int length;
	bool by_value;
	char alignment;
};

constexpr element_layout layout_of(Oid type)
{
	switch (type)
	{
	case NAMEOID:
		return {NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR};
	case OIDOID:
		return {OIDOID, sizeof(Oid), true, TYPALIGN_INT};
	case INT8OID:
		return {INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE};
	default:
		return {TEXTOID, -1, false, TYPALIGN_INT};
	}
}

struct elements {
	Datum *datums;
	bool *nulls;
	int count;
};

elements deconstruct(Datum array, Oid type)
{
	const element_layout layout = layout_of(type);
	return call([=] {
		elements e;
		deconstruct_array(DatumGetArrayTypeP(array), layout.type, layout.length, layout.by_value, layout.alignment, &e.datums,
						  &e.nulls, &e.count);
		return e;
	});
}

Datum construct(vector<Datum> &datums, Oid type)
{
	const element_layout layout = layout_of(type);
	return call([&] {
		return PointerGetDatum(construct_array(datums.data(), static_cast<int>(datums.size()), layout.type, layout.length,
											   layout.by_value, layout.alignment));
	});
}

} // namespace

std::vector<std::optional<std::string>> text_elements(Datum array, Oid element_type)
{
	const elements all = deconstruct(array, element_type);
	std::vector<std::optional<std::string>> out;
	for (int i = 0; i < all.count; ++i)
	{
		if (all.nulls[i])
			out.emplace_back();
		else if (element_type == NAMEOID)
			out.emplace_back(NameStr(*DatumGetName(all.datums[i])));
		else
			out.emplace_back(to_string(all.datums[i]));
	}
	return out;
}

std::vector<std::string> texts(Datum array, const char *argument, Oid element_type)
{
	std::vector<std::string> out;
	for (std::optional<std::string> &element : text_elements(array, element_type))
	{
		if (!element)
			throw failure(ERRCODE_NULL_VALUE_NOT_ALLOWED, std::string("argument \"") + argument + "\" must not contain nulls");
		out.push_back(std::move(*element));
	}
	return out;
}

value text_array_value(const std::vector<std::string> &elements)
{
	vector<Datum> datums;
	for (const std::string &element : elements)
		datums.push_back(text_value(std::string_view(element)).datum);
	return {TEXTARRAYOID, construct(datums, TEXTOID), false};
}

value name_array_value(const std::vector<std::string> &elements)
{
	vector<Datum> datums;
	for (const std::string &element : elements)
		datums.push_back(name_value(element.c_str()).datum);
	return {NAMEARRAYOID, construct(datums, NAMEOID), false};
}

value oid_array_value(const std::vector<Oid> &elements)
{
	vector<Datum> datums;
	for (const Oid element : elements)
		datums.push_back(ObjectIdGetDatum(element));
	return {OIDARRAYOID, construct(datums, OIDOID), false};
}

value int8_array_value(const std::vector<int64> &elements)
{
	vector<Datum> datums;
	for (const int64 element : elements)
		datums.push_back(int8_value(element).datum);
	return {INT8ARRAYOID, construct(datums, INT8OID), false};
}

std::vector<int64> int8_elements(Datum array)
{
	const elements all = deconstruct(array, INT8OID);
	std::vector<int64> out;
	for (int i = 0; i < all.count; ++i)
		out.push_back(DatumGetInt64(all.datums[i]));
	return out;
}

} // namespace pg
