// partman_config.hpp: the configuration tables of pg_partman.
//
// Which columns part_config and part_config_sub have depends on the version,
// so a row is a map of what is there and not NULL.  The tables are read and
// written with the rights of their owner, in a restricted context: whatever
// they compute then gains nothing from who imports them.  Privileges are the
// caller's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pg/error.hpp"

namespace partition {

struct partman_row {
	std::string table; // schema.name, not quoted
	std::map<std::string, std::string> values;

	std::optional<std::string> get(const char *column) const;
	std::string text(const char *column) const { return get(column).value_or(""); }
	bool is(const char *column, const char *value) const { return get(column) == value; }
};

// "schema.name" of a table, as pg_partman writes it, and back; InvalidOid where
// there is none.
std::string partman_name(Oid table);
Oid partman_table(const std::string &name);

class partman_config {
public:
	// Refuses a database without pg_partman (42704), and a caller who may not
	// read its tables (42501).
	partman_config();

	// part_config, by table.
	const std::map<std::string, partman_row> &sets() const { return sets_; }
	const partman_row *set_of(Oid table) const;
	// part_config_sub, by the table whose partitions are partitioned further;
	// its columns without "sub_" before their names.
	const partman_row *sub_of(Oid table) const;

	// For messages.
	std::string name() const;
	// Sets automatic_maintenance of these tables to off; refuses a caller who
	// may not update part_config (42501).
	void disable(const std::vector<Oid> &tables) const;

private:
	Oid config_;
	std::map<std::string, partman_row> sets_;
	std::map<std::string, partman_row> subs_;
};

} // namespace partition
