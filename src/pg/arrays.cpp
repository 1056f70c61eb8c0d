// arrays.cpp: one-dimensional views of SQL arrays.
#include "pg/arrays.hpp"

namespace pg {

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

} // namespace pg
