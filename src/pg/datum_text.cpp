// datum_text.cpp: the text of a value, the same in every session.
#include "pg/datum_text.hpp"

#include "pg/identity.hpp"
#include "pg/value.hpp"

extern "C" {
#include "access/detoast.h"
#include "common/shortest_dec.h"
#include "executor/tuptable.h"
#include "utils/datum.h"
}

namespace pg {

namespace {

// Longest text of the fixed-size forms, EncodeDateTime's buffer included.
constexpr std::size_t scratch = MAXDATELEN + 1;
static_assert(scratch > 64);

constexpr struct known_type {
	Oid type;
	text_form form;
	bool number;
} known_types[] = {
	{INT2OID, text_form::int2, true},		   {INT4OID, text_form::int4, true},
	{INT8OID, text_form::int8, true},		   {BOOLOID, text_form::boolean, false},
	{TEXTOID, text_form::text, false},		   {VARCHAROID, text_form::text, false},
	{BPCHAROID, text_form::text, false},	   {UUIDOID, text_form::uuid, false},
	{DATEOID, text_form::date, false},		   {TIMESTAMPOID, text_form::timestamp, false},
	{TIMESTAMPTZOID, text_form::timestamptz, false}, {FLOAT4OID, text_form::float4, true},
	{FLOAT8OID, text_form::float8, true},	   {BYTEAOID, text_form::bytea, false},
	{NUMERICOID, text_form::output, true},	   {OIDOID, text_form::output, true},
	{NAMEOID, text_form::output, false},	   {CHAROID, text_form::output, false},
	{INETOID, text_form::output, false},	   {CIDROID, text_form::output, false},
	{MACADDROID, text_form::output, false},	   {MACADDR8OID, text_form::output, false},
	{BITOID, text_form::output, false},		   {VARBITOID, text_form::output, false},
	{XID8OID, text_form::output, false},
};

void pin_settings()
{
	set_local("datestyle", "ISO, YMD");
	set_local("timezone", "UTC");
	set_local("intervalstyle", "postgres");
	set_local("extra_float_digits", "1");
	set_local("bytea_output", "hex");
	set_local("lc_monetary", "C");
	set_local("search_path", "pg_catalog");
}

const char *call_output(const text_plan &plan, Datum value)
{
	FmgrInfo *function = const_cast<FmgrInfo *>(&plan.output);
	return call([=] { return static_cast<const char *>(OutputFunctionCall(function, value)); });
}

const char *call_pinned_output(const text_plan &plan, Datum value)
{
	setting_scope settings;
	pin_settings();
	return call_output(plan, value);
}

void append_varlena(core::bounded_text &out, Datum value, bool hex)
{
	const struct varlena *packed = reinterpret_cast<struct varlena *>(DatumGetPointer(value));
	const Size size = VARATT_IS_EXTENDED(packed) ? call(toast_raw_datum_size, value) - VARHDRSZ : VARSIZE_ANY_EXHDR(packed);
	const Size needed = hex ? 2 + size * 2 : size;
	char *to = out.room(needed);
	if (to == nullptr)
		return;
	if (VARATT_IS_COMPRESSED(packed) || VARATT_IS_EXTERNAL(packed))
		packed = call([=] { return PG_DETOAST_DATUM_PACKED(value); });
	if (hex)
	{
		to[0] = '\\';
		to[1] = 'x';
		hex_encode(VARDATA_ANY(packed), size, to + 2);
	}
	else
		std::memcpy(to, VARDATA_ANY(packed), size);
	out.grow(needed);
}

void append_uuid(core::bounded_text &out, Datum value)
{
	const unsigned char *bytes = DatumGetUUIDP(value)->data;
	char text[36];
	char *to = text;
	for (int i = 0; i < UUID_LEN; ++i)
	{
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = "0123456789abcdef"[bytes[i] >> 4];
		*to++ = "0123456789abcdef"[bytes[i] & 0xf];
	}
	out.append({text, sizeof(text)});
}

void write_date(DateADT date, char *to)
{
	if (DATE_NOT_FINITE(date))
	{
		EncodeSpecialDate(date, to);
		return;
	}
	pg_tm tm;
	j2date(date + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, to);
}

void write_timestamp(Timestamp timestamp, bool with_zone, char *to)
{
	pg_tm tm;
	fsec_t fraction;
	if (TIMESTAMP_NOT_FINITE(timestamp))
		EncodeSpecialTimestamp(timestamp, to);
	else if (timestamp2tm(timestamp, nullptr, &tm, &fraction, nullptr, nullptr) == 0)
	{
		tm.tm_isdst = 0; // UTC, and not "no zone known"
		EncodeDateTime(&tm, fraction, with_zone, 0, nullptr, USE_ISO_DATES, to);
	}
	else
		throw failure(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "timestamp out of range");
}

} // namespace

text_plan plan_text(Oid type, MemoryContext context)
{
	text_plan plan{text_form::pinned_output, false, {}};
	const Oid base = call(getBaseType, type);
	for (const known_type &known : known_types)
		if (known.type == base)
			plan = {known.form, known.number, {}};
	if (plan.form == text_form::pinned_output && call(type_is_enum, base))
		plan.form = text_form::output;
	call([&] {
		Oid function;
		bool is_varlena;
		getTypeOutputInfo(base, &function, &is_varlena);
		fmgr_info_cxt(function, &plan.output, context);
	});
	return plan;
}

void append_text(core::bounded_text &out, const text_plan &plan, Datum value)
{
	char text[scratch];
	switch (plan.form)
	{
	case text_form::int2:
		out.append({text, static_cast<std::size_t>(pg_itoa(DatumGetInt16(value), text))});
		return;
	case text_form::int4:
		out.append({text, static_cast<std::size_t>(pg_ltoa(DatumGetInt32(value), text))});
		return;
	case text_form::int8:
		out.append({text, static_cast<std::size_t>(pg_lltoa(DatumGetInt64(value), text))});
		return;
	case text_form::boolean:
		out.append(DatumGetBool(value) ? "t" : "f");
		return;
	case text_form::text:
		append_varlena(out, value, false);
		return;
	case text_form::bytea:
		append_varlena(out, value, true);
		return;
	case text_form::uuid:
		append_uuid(out, value);
		return;
	case text_form::date:
		write_date(DatumGetDateADT(value), text);
		break;
	case text_form::timestamp:
		write_timestamp(DatumGetTimestamp(value), false, text);
		break;
	case text_form::timestamptz:
		write_timestamp(DatumGetTimestampTz(value), true, text);
		break;
	case text_form::float4:
		float_to_shortest_decimal_buf(DatumGetFloat4(value), text);
		break;
	case text_form::float8:
		double_to_shortest_decimal_buf(DatumGetFloat8(value), text);
		break;
	case text_form::output:
		out.append(call_output(plan, value));
		return;
	case text_form::pinned_output:
		out.append(call_pinned_output(plan, value));
		return;
	}
	out.append(text);
}

std::string text_of(const text_plan &plan, Datum value)
{
	if (plan.form == text_form::text)
		return to_string(value);
	if (plan.form == text_form::bytea)
		return call_pinned_output(plan, value);
	core::bounded_text fixed;
	fixed.reset(core::bounded_text::capacity);
	if (plan.form == text_form::output || plan.form == text_form::pinned_output)
		return plan.form == text_form::output ? call_output(plan, value) : call_pinned_output(plan, value);
	append_text(fixed, plan, value);
	return std::string(fixed.view());
}

bool same_image(Datum a, Datum b, bool by_value, int16 length)
{
	if (by_value)
		return a == b;
	return call(datum_image_eq, a, b, by_value, static_cast<int>(length));
}

void deform(TupleTableSlot *slot, AttrNumber up_to)
{
	if (slot->tts_nvalid < up_to)
		call([=] { slot_getsomeattrs(slot, up_to); });
}

} // namespace pg
