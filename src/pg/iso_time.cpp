// iso_time.cpp: date_out() and timestamptz_out() without DateStyle and
// TimeZone.
#include "pg/iso_time.hpp"

namespace pg {

std::string iso_date(DateADT date)
{
	char text[MAXDATELEN + 1];
	if (DATE_NOT_FINITE(date))
		call([&] { EncodeSpecialDate(date, text); });
	else
	{
		struct pg_tm fields;
		j2date(date + POSTGRES_EPOCH_JDATE, &fields.tm_year, &fields.tm_mon, &fields.tm_mday);
		EncodeDateOnly(&fields, USE_ISO_DATES, text);
	}
	return text;
}

std::string iso_instant(TimestampTz moment)
{
	char text[MAXDATELEN + 1];
	struct pg_tm fields;
	fsec_t fraction;
	if (TIMESTAMP_NOT_FINITE(moment))
		call([&] { EncodeSpecialTimestamp(moment, text); });
	else if (timestamp2tm(moment, nullptr, &fields, &fraction, nullptr, nullptr) == 0)
	{
		fields.tm_isdst = 0; // a zone is known: offset 0
		EncodeDateTime(&fields, fraction, true, 0, nullptr, USE_ISO_DATES, text);
	}
	else
		throw failure(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "timestamp out of range");
	return text;
}

} // namespace pg
