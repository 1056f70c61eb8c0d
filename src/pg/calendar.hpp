// calendar.hpp: dates, zones and intervals by the server's own arithmetic.
//
// Two kinds of time: an instant (timestamptz) and a local time (timestamp),
// both microseconds since 2000-01-01.  A zone turns one into the other, with
// all its daylight saving gaps and folds.
#pragma once

#include <optional>
#include <string>

#include "pg/memory.hpp"

namespace pg {

using microseconds = int64;

constexpr microseconds usecs_per_second = USECS_PER_SEC;
constexpr microseconds usecs_per_day = USECS_PER_DAY;
// Between the Unix epoch and the server's.
constexpr microseconds unix_epoch_offset = (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;

// A zone by its IANA name.  Refuses an unknown one (22023).
class time_zone {
public:
	explicit time_zone(const std::string &name);

	microseconds to_local(microseconds instant) const;
	microseconds to_instant(microseconds local) const;
	pg_tz *get() const { return zone_; }

private:
	pg_tz *zone_;
};

std::string session_time_zone();

// Months, days and microseconds, each of its own length.
struct span {
	int32 months = 0;
	int32 days = 0;
	int64 micros = 0;
};

// Reads an interval as SQL does; infinite ones are refused (22008).
span parse_span(const std::string &text);
// Is some part of an interval more than nothing?
bool is_positive(Datum interval);
// n times a span added to a local time; 22008 beyond the calendar.
microseconds add(microseconds local, const span &by, int64 n);

// A date as the local time of its midnight, infinities kept, and back.
microseconds local_of_date(DateADT date);
DateADT date_of_local(microseconds local);

// A time as given by a user; one without an offset is read in the zone.
microseconds parse_timestamp(const std::string &text);
microseconds parse_timestamptz(const std::string &text, const time_zone &zone);

// ISO text, whatever DateStyle and TimeZone the session has.
std::string iso_date(DateADT date);
std::string iso_timestamp(microseconds local);
std::string iso_timestamptz(microseconds instant, const time_zone &zone);
std::string iso_instant(microseconds instant); // in UTC

struct civil_time {
	int year; // 0 is 1 BC
	int month, day, hour, minute, second;
};
civil_time civil(microseconds local);

// Smallest step of a timestamp(n).
microseconds timestamp_resolution(int32 typmod);

} // namespace pg
