// show_bound.hpp: bounds of a partition as text for people.
#pragma once

#include <string>

#include "pg/calendar.hpp"
#include "pg/partition_table.hpp"

namespace partition {

struct shown_bound {
	const char *kind;  // range, list, hash, default, or pending
	std::string lower; // of a list its keys, of a hash partition its remainder
	std::string upper; // of a hash partition its modulus
};

shown_bound show_bound(const pg::partition_table &table, int partition, const pg::time_zone &zone);

} // namespace partition
