// layout.hpp: the tables below a partition that is partitioned itself, written
// down so that they can be made again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pg/error.hpp"

namespace partition {

// JSON; nothing where the partition is a leaf.
std::optional<std::string> layout_below(Oid partition);

struct laid_out {
	std::string schema;
	std::string name;
	std::string parent;		  // qualified; empty for the partition itself
	std::string bound;		  // FOR VALUES … or DEFAULT
	std::string partition_by; // empty for a leaf
};

// The partition itself first, every table after its parent.
std::vector<laid_out> read_layout(const std::string &json);

} // namespace partition
