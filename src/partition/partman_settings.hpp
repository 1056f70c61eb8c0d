// partman_settings.hpp: what a row of pg_partman's configuration means here.
//
// Each setting that says something is reported: taken over, without an
// equivalent, or refused with the reason.  What merely repeats pg_partman's
// default and has no equivalent is passed over in silence.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "partition/partman_config.hpp"
#include "partition/set.hpp"
#include "pg/value.hpp"

namespace partition {

// A row of mosaic.import_partman().
struct finding {
	Oid parent;
	std::string setting;
	std::optional<std::string> value;
	std::string outcome;
	std::string detail;
};
using findings = std::vector<finding>;

extern const char *const taken_over;
extern const char *const no_equivalent;
extern const char *const refused;

// One level of a set as pg_partman keeps it.
struct partman_level {
	Oid about;				 // the table whose row it is, for the report
	std::string prefix;		 // of the columns' names: sub_ in part_config_sub
	partman_row row;
	std::vector<Oid> tables; // whose partitions the level is; one at least
};

// What the level says about a set whose parent and depth are given.  Refuses
// what cannot be managed; optional settings that do not fit are left out and
// reported.
set settings_from(const partman_level &level, const set &base, TimestampTz now, findings &found);

} // namespace partition
