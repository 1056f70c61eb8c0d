// datum_text.hpp: the text of a value, the same in every session.
//
// A type's output function obeys DateStyle, TimeZone, IntervalStyle,
// extra_float_digits, bytea_output and search_path, so two sessions would
// name the same row differently.  Here the usual key types have a way of
// their own, which is also faster; types known not to care go through their
// output function; all others do with those settings pinned for the call.
#pragma once

#include "core/bounded_text.hpp"
#include "pg/memory.hpp"

namespace pg {

enum class text_form : unsigned char {
	int2,
	int4,
	int8,
	boolean,
	text, // and all with its layout
	uuid,
	date,
	timestamp,
	timestamptz,
	float4,
	float8,
	bytea,
	output,		  // by its output function, which asks no setting
	pinned_output // by its output function, with settings pinned
};

struct text_plan {
	text_form form;
	bool number; // looks like a number in JSON when it is finite
	FmgrInfo output;
};

// For a type; memory is taken from the context.
text_plan plan_text(Oid type, MemoryContext context);

// Appends in the database's encoding.  What is longer than there is room for
// is not even read from its TOAST table.
void append_text(core::bounded_text &out, const text_plan &plan, Datum value);

// The same without a limit.
std::string text_of(const text_plan &plan, Datum value);

// The two values have the same bytes, compression and storage aside.
bool same_image(Datum a, Datum b, bool by_value, int16 length);

// Makes tts_values and tts_isnull valid up to an attribute.
void deform(TupleTableSlot *slot, AttrNumber up_to);

} // namespace pg
