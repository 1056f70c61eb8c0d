// set.hpp: one managed parent and how it is to be kept, a row of
// mosaic.partition_set.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pg/calendar.hpp"
#include "pg/partition_table.hpp"
#include "pg/spi.hpp"

namespace partition {

struct set {
	Oid parent = InvalidOid;
	std::string strategy = "range";
	std::optional<std::string> interval;
	int premake = 4;
	std::optional<std::string> start_at;
	std::string key_format = "native";
	std::string time_zone;
	bool default_partition = false;
	std::optional<std::string> retention;
	std::string retention_action = "drop";
	std::optional<std::string> retention_schema;
	std::optional<std::string> retention_tablespace;
	std::optional<int> retain_partitions;
	bool create_paused = false;
	bool retain_paused = false;
	std::string name_pattern = "{parent}_p{bound}";
	std::optional<std::string> table_options; // array text, read by the server
	bool inherit_privileges = false;
};

// A set and what other catalogs say of it, read in one go so that a pass with
// nothing to do costs one query.
struct set_state {
	set settings;
	bool confirmed = false; // the next pass may retire more than mosaic.max_drops
	bool failing = false;	// its last pass failed
	bool retiring = false;	// a retirement may be half done
};

// A row of the table, its columns in order.
set set_from(const pg::row &row);
// The set of a parent, if it has one.
std::optional<set_state> find_set(Oid parent);
// The same; refuses a parent without a set (42704).
set_state require_set(Oid parent);
// All sets of the database, by parent.
std::vector<set_state> all_sets();
// Parents of the sets that are not waiting after a failure, by parent.
std::vector<Oid> due_parents();

bool insert_set(const set &row); // false where the parent has a set already
void delete_set(Oid parent);

} // namespace partition
