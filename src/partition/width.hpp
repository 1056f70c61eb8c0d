// width.hpp: the width of a partition, as a user writes it.
#pragma once

#include <string>

#include "partition/key.hpp"

namespace partition {

// A span of time or a count of numbers, by the key's axis.
struct width {
	pg::span time;
	pg::decimal number;
};

// Reads partition_interval: '1 month', 'daily', '15 minutes', '1000', '0.25'.
// Refuses what is zero, negative, infinite, finer than the key (22023).
// Months, days and a time of day are not mixed unless the set is anchored.
width parse_width(const key &of, const std::string &text, bool anchored);

// Reads retention: like a width, but any positive mixture will do.
width parse_distance(const key &of, const std::string &text, const char *what);

// Is a partition of this width named by its day rather than by its second?
bool whole_days(const width &of);

} // namespace partition
