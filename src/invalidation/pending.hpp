// pending.hpp: what the current transaction has changed so far.
#pragma once

#include "core/key_set.hpp"
#include "invalidation/binding.hpp"

namespace invalidation {

// One destination of changes in a transaction.  Names are in UTF-8 and live
// until the transaction ends.
struct target {
	int64 watch_id = 0;
	core::payload_kind payload = core::payload_kind::keys;
	bool direct = false;
	std::string_view channel; // in the database's encoding
	std::string_view table_name;
	std::string_view bare_name;
	std::size_t max_keys = 0;
};

target target_of(const binding &b);
// In direct mode, if the watch says so and the settings say nothing else?
bool is_direct(bool of_watch);

// From _PG_init: hears of every transaction's end from now on.
void start_collecting();

// The whole table of a watch has changed.
void report_whole_table(const watch &w, core::all_reason why);
// The same under a name that it had until now.
void report_whole_table(const watch &w, core::all_reason why, const std::string &table_name, const std::string &bare_name);

namespace pending {

using group = core::key_set::group;

// The group of a target, made if the transaction has none yet.
group find_or_add(const target &t);
group find_or_add(binding &b);

void add(group g, std::string_view key, core::row_operation operation);
void set_all(group g, core::all_reason why);
// Ends a call that added something: where the transaction has been written
// out already, by COMMIT on its way, what came late is written out as well.
void added();

// Null where nothing has been collected.
const core::key_set *keys();
const target &target_of(group g);

} // namespace pending

} // namespace invalidation
