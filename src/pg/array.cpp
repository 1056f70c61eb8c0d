// array.cpp: SQL arrays as lists of their elements.
#include "pg/array.hpp"

namespace pg {

namespace {

value array_without_nulls(Oid element_type, const vector<Datum> &values)
{
	return array_value(element_type, values, vector<char>(values.size(), false));
}

} // namespace

array_elements elements_of(Datum array)
{
	return call([=] {
		array_elements found;
		ArrayType *plain = DatumGetArrayTypeP(array);
		found.type = ARR_ELEMTYPE(plain);
		int16 size;
		bool by_value;
		char alignment;
		get_typlenbyvalalign(found.type, &size, &by_value, &alignment);
		deconstruct_array(plain, found.type, size, by_value, alignment, &found.values, &found.nulls, &found.count);
		return found;
	});
}

value array_value(Oid element_type, const vector<Datum> &values, const vector<char> &nulls)
{
	static_assert(sizeof(bool) == sizeof(char));
	const Datum array = call([&] {
		int16 size;
		bool by_value;
		char alignment;
		get_typlenbyvalalign(element_type, &size, &by_value, &alignment);
		int dimensions[1] = {static_cast<int>(values.size())};
		int lower_bounds[1] = {1};
		if (values.empty())
			return PointerGetDatum(construct_empty_array(element_type));
		return PointerGetDatum(construct_md_array(const_cast<Datum *>(values.data()),
												  reinterpret_cast<bool *>(const_cast<char *>(nulls.data())), 1, dimensions,
												  lower_bounds, element_type, size, by_value, alignment));
	});
	return {call(get_array_type, element_type), array, false};
}

std::vector<std::optional<std::string>> text_elements(Datum array, Oid element_type)
{
	const array_elements all = elements_of(array);
	Assert(all.type == element_type);
	std::vector<std::optional<std::string>> out;
	for (int i = 0; i < all.count; ++i)
	{
		if (all.nulls[i])
			out.emplace_back();
		else if (element_type == NAMEOID)
			out.emplace_back(NameStr(*DatumGetName(all.values[i])));
		else
			out.emplace_back(to_string(all.values[i]));
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

std::vector<int64> int8_elements(Datum array)
{
	const array_elements all = elements_of(array);
	std::vector<int64> out;
	for (int i = 0; i < all.count; ++i)
		out.push_back(DatumGetInt64(all.values[i]));
	return out;
}

value text_array_value(const std::vector<std::string> &elements)
{
	vector<Datum> datums;
	for (const std::string &element : elements)
		datums.push_back(text_value(std::string_view(element)).datum);
	return array_without_nulls(TEXTOID, datums);
}

value name_array_value(const std::vector<std::string> &elements)
{
	vector<Datum> datums;
	for (const std::string &element : elements)
		datums.push_back(name_value(element.c_str()).datum);
	return array_without_nulls(NAMEOID, datums);
}

value oid_array_value(const std::vector<Oid> &elements)
{
	vector<Datum> datums;
	for (const Oid element : elements)
		datums.push_back(ObjectIdGetDatum(element));
	return array_without_nulls(OIDOID, datums);
}

value int8_array_value(const std::vector<int64> &elements)
{
	vector<Datum> datums;
	for (const int64 element : elements)
		datums.push_back(int8_value(element).datum);
	return array_without_nulls(INT8OID, datums);
}

} // namespace pg
