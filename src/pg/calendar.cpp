// calendar.cpp: dates, zones and intervals by the server's own arithmetic.
#include "pg/calendar.hpp"

#include "pg/identity.hpp"
#include "pg/value.hpp"

extern "C" {
#include "common/int.h"
#include "pgtime.h"
}

namespace pg {

namespace {

[[noreturn]] void out_of_range()
{
	throw failure(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "timestamp out of range");
}

int64 multiply(int64 value, int64 n)
{
	int64 result;
	if (pg_mul_s64_overflow(value, n, &result))
		out_of_range();
	return result;
}

int32 narrow(int64 value)
{
	if (value < PG_INT32_MIN || value > PG_INT32_MAX)
		out_of_range();
	return static_cast<int32>(value);
}

struct time_parts {
	struct pg_tm tm;
	fsec_t fraction;
};

time_parts parts_of(microseconds moment, pg_tz *zone)
{
	time_parts parts;
	int offset;
	if (timestamp2tm(moment, zone != nullptr ? &offset : nullptr, &parts.tm, &parts.fraction, nullptr, zone) != 0)
		out_of_range();
	return parts;
}

microseconds moment_of(time_parts parts, int *offset)
{
	Timestamp moment;
	if (tm2timestamp(&parts.tm, parts.fraction, offset, &moment) != 0)
		out_of_range();
	return moment;
}

} // namespace

time_zone::time_zone(const std::string &name) : zone_(call([&] { return pg_tzset(name.c_str()); }))
{
	if (zone_ == nullptr)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE, "time zone \"" + name + "\" not recognized",
					  "A set counts its days and months in an IANA time zone.",
					  "Choose a name from: SELECT name FROM pg_timezone_names;");
}

// As timestamptz_zone() and timestamp_zone() do it, but never by an
// abbreviation: those take CET for one hour all the year.
microseconds time_zone::to_local(microseconds instant) const
{
	return TIMESTAMP_NOT_FINITE(instant) ? instant : moment_of(parts_of(instant, zone_), nullptr);
}

microseconds time_zone::to_instant(microseconds local) const
{
	if (TIMESTAMP_NOT_FINITE(local))
		return local;
	time_parts parts = parts_of(local, nullptr);
	int offset = DetermineTimeZoneOffset(&parts.tm, zone_);
	return moment_of(parts, &offset);
}

std::string session_time_zone()
{
	return pg_get_timezone_name(session_timezone);
}

span parse_span(const std::string &text)
{
	const Interval *interval = DatumGetIntervalP(call([&] {
		return DirectFunctionCall3(interval_in, CStringGetDatum(text.c_str()), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	}));
#ifdef INTERVAL_NOT_FINITE
	if (INTERVAL_NOT_FINITE(interval))
		throw failure(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "interval must be finite", "The interval is \"" + text + "\".");
#endif
	return {interval->month, interval->day, interval->time};
}

bool is_positive(Datum interval)
{
	const Interval *it = DatumGetIntervalP(interval);
	return it->month > 0 || it->day > 0 || it->time > 0;
}

microseconds add(microseconds local, const span &by, int64 n)
{
	Interval interval;
	interval.month = narrow(multiply(by.months, n));
	interval.day = narrow(multiply(by.days, n));
	interval.time = multiply(by.micros, n);
	return DatumGetTimestamp(call([&] {
		return DirectFunctionCall2(timestamp_pl_interval, TimestampGetDatum(local), IntervalPGetDatum(&interval));
	}));
}

// Dates reach further than timestamps; those beyond count as infinite.
microseconds local_of_date(DateADT date)
{
	if (DATE_IS_NOBEGIN(date))
		return DT_NOBEGIN;
	if (date >= TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)
		return DT_NOEND;
	return date * usecs_per_day;
}

DateADT date_of_local(microseconds local)
{
	return call([=] { return DatumGetDateADT(DirectFunctionCall1(timestamp_date, TimestampGetDatum(local))); });
}

static microseconds finite(microseconds moment, const std::string &text)
{
	if (TIMESTAMP_NOT_FINITE(moment))
		throw failure(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "time must be finite", "The time is \"" + text + "\".");
	return moment;
}

microseconds parse_timestamp(const std::string &text)
{
	return finite(DatumGetTimestamp(input(TIMESTAMPOID, text.c_str())), text);
}

microseconds parse_timestamptz(const std::string &text, const time_zone &zone)
{
	setting_scope settings;
	set_local("TimeZone", pg_get_timezone_name(zone.get()));
	return finite(DatumGetTimestampTz(input(TIMESTAMPTZOID, text.c_str())), text);
}

std::string iso_date(DateADT date)
{
	char text[MAXDATELEN + 1];
	if (DATE_NOT_FINITE(date))
		EncodeSpecialDate(date, text);
	else
	{
		struct pg_tm parts;
		j2date(date + POSTGRES_EPOCH_JDATE, &parts.tm_year, &parts.tm_mon, &parts.tm_mday);
		EncodeDateOnly(&parts, USE_ISO_DATES, text);
	}
	return text;
}

static std::string iso_text(microseconds moment, pg_tz *zone)
{
	char text[MAXDATELEN + 1];
	if (TIMESTAMP_NOT_FINITE(moment))
	{
		EncodeSpecialTimestamp(moment, text);
		return text;
	}
	struct pg_tm parts;
	fsec_t fraction;
	int offset = 0;
	const char *abbreviation = nullptr;
	if (timestamp2tm(moment, zone ? &offset : nullptr, &parts, &fraction, zone ? &abbreviation : nullptr, zone) != 0)
		out_of_range();
	EncodeDateTime(&parts, fraction, zone != nullptr, offset, abbreviation, USE_ISO_DATES, text);
	return text;
}

std::string iso_timestamp(microseconds local)
{
	return iso_text(local, nullptr);
}

std::string iso_timestamptz(microseconds instant, const time_zone &zone)
{
	return iso_text(instant, zone.get());
}

std::string iso_instant(microseconds instant)
{
	return iso_text(instant, call([] { return pg_tzset("UTC"); }));
}

civil_time civil(microseconds local)
{
	const struct pg_tm parts = parts_of(local, nullptr).tm;
	return {parts.tm_year, parts.tm_mon, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec};
}

microseconds timestamp_resolution(int32 typmod)
{
	microseconds step = usecs_per_second;
	for (int digits = typmod < 0 ? MAX_TIMESTAMP_PRECISION : typmod; digits > 0; --digits)
		step /= 10;
	return step;
}

} // namespace pg
