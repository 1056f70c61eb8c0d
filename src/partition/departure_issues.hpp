// departure_issues.hpp: partitions on their way out that do not get on.
#pragma once

#include "partition/ledger.hpp"

namespace partition {

struct departure_issue {
	const char *code; // archive_failing, detached_kept
	std::string object;
	std::string detail;
	std::string hint;
};

std::vector<departure_issue> issues_of_departures(const set &settings);

} // namespace partition
