// name.hpp: names of new partitions.
//
// Names are for people: nothing ever reads a bound from one.
#pragma once

#include <set>
#include <string>

#include "pg/calendar.hpp"

namespace partition {

// 20260101, or 20260101_093000 below a day; bc0200… before year 1.
std::string time_suffix(pg::microseconds at, bool whole_days);
// 5000, m3000 for a negative, 0_25 for a fraction.
std::string number_suffix(const std::string &number);

// The pattern filled in, shortened to the server's limit, and moved on to the
// next name that is free in the parent's schema and not taken by the same plan.
using names = std::set<std::string>;
std::string free_name(Oid parent, const std::string &pattern, const std::string &suffix, const names &planned = {});

// Name of a set's default partition.
std::string default_name(Oid parent, const names &planned = {});

// Refuses a pattern without {bound}, or with another field (22023).
void require_name_pattern(const std::string &pattern);

} // namespace partition
