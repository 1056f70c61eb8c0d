// partman_template.hpp: what new partitions get from pg_partman's template table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pg/error.hpp"

namespace partition {

struct partman_template {
	std::optional<std::string> options; // storage options, as table_options
	std::vector<std::string> lost;		// what new partitions will no longer have, a sentence each
};

partman_template read_partman_template(const std::string &name, Oid parent);

} // namespace partition
