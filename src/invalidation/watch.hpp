// watch.hpp: what watch() made, as it stands in mosaic.watch.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/change_record.hpp"
#include "pg/error.hpp"

namespace invalidation {

struct watch {
	int64 id = 0;
	Oid table = InvalidOid; // the root, if it is partitioned
	std::vector<std::string> keys;
	std::vector<std::string> key_columns;
	std::vector<std::string> columns; // that matter in an UPDATE; empty: all
	std::optional<std::string> when;
	std::string ops;
	std::string channel;
	bool direct = false;
	core::payload_kind payload = core::payload_kind::keys;
	std::optional<int32> max_keys;
	bool always = false;

	bool wants(char op) const { return ops.find(op) != std::string::npos; }
};

const char *payload_name(core::payload_kind payload);
std::optional<core::payload_kind> payload_named(const std::string &name);

// As the latest snapshot sees it: a trigger may be older than a transaction's
// snapshot allows its row to be.
std::optional<watch> load_watch(int64 id);
std::vector<watch> watches_of(Oid table);
// Watches of any of the tables.
std::vector<watch> watches_of(const std::vector<Oid> &tables);

bool any_watch();

// Writes the row and gives the watch its id.
void insert_watch(watch &w);
void delete_watch(int64 id);
// After columns were renamed.
void update_columns(const watch &w);

} // namespace invalidation
