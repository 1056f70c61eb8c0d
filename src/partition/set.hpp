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
	std::optional<int64> retain_bytes;
	std::string cooldown = "0"; // an interval, as the server writes it
	bool cools_down = false;	// it is longer than nothing
	std::optional<std::string> archive_callback;
	std::string archive_format = "csv";
	std::string archive_compression = "none";
	bool create_paused = false;
	bool retain_paused = false;
	std::string name_pattern = "{parent}_p{bound}";
	std::optional<std::string> table_options; // array text, read by the server
	bool inherit_privileges = false;
	std::optional<std::string> lists; // JSON text
	std::optional<int> modulus;
	bool auto_lists = false; // a value of no list gets one of its own
	bool drain_default = false; // a pass moves rows out of the default partition

	Oid root = InvalidOid;	  // parent of the whole set, of which this may be a level
	int depth = 1;			  // 1: the set itself; 2: kept below its partitions, and so on
	std::string partition_by; // of a level: how its parents are partitioned
	std::vector<set> levels;  // below this one, in order
};

// A partition whose own partitions are kept by the next level, as a set.
set level_below(const set &settings, Oid partition);
// The settings of a level; 1: the set's own.
const set &level_numbered(const set &whole, int level);
// The level of a set that keeps the partitions of this table: the parent, or a
// partitioned table below it; nothing where the table belongs to no level.
std::optional<set> find_level(const set &whole, Oid table);
// The same; refuses a table that is gone or has left the set (42P01).
set level_of(const set &whole, Oid table);
// What the settings of a LIST set have instead of the usual pattern.
extern const char *const list_name_pattern;

// Where and when the retention of a set was last known to be right.
struct guard_note {
	int64 system_identifier = 0;
	Oid database = InvalidOid;
	TimestampTz at = 0;
	TimestampTz server_started = 0;
	int64 steady_clock = 0; // the reading at that time
};

// A set and what other catalogs say of it, read in one go so that a pass with
// nothing to do costs one query.
struct set_state {
	set settings;
	bool confirmed = false; // the next pass may retire more than mosaic.max_drops
	bool retiring = false;	// partitions are on their way out, or held
	std::optional<guard_note> noted;
	// Where the last pass failed: when that work is due again.
	std::optional<TimestampTz> create_retry;
	std::optional<TimestampTz> retain_retry;
};

// For messages: the table, or the level of it.
std::string described(const set &settings);

// range, list or hash
const char *strategy_name(pg::partition_strategy strategy);

// A row of the table, its columns in order.
set set_from(const pg::row &row);
// The level of a row of mosaic.partition_level.
int level_number(const pg::row &row);
// The set of a parent, if it has one.
std::optional<set_state> find_set(Oid parent);
// The same; refuses a parent without a set (42704).
set_state require_set(Oid parent);
// Refuses a set whose parent is gone (42P01).
void require_parent(Oid parent);
// The set as it is now, and nobody changes it until the end of the transaction.
set lock_set(Oid parent);
// All sets of the database, by parent.
std::vector<set_state> all_sets();
// Parents of all sets, in order.
std::vector<Oid> all_parents();

bool insert_set(const set &row); // false where the parent has a set already
// level: 2 is the level of the parent's partitions' partitions.
void insert_level(const set &row, Oid parent, int level);
// Is the row that a trigger sees being inserted by one of these two?
bool inserting_set();
// level: 1 is the set's own.
void store_lists(Oid parent, int level, const std::string &json);
void store_modulus(Oid parent, int level, int modulus);
void delete_set(Oid parent);

} // namespace partition
