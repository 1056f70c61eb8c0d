// watch_checks.hpp: what can be watched, and how.  Everything that a user can
// get wrong is refused here, before anything is written.
#pragma once

#include "invalidation/watch.hpp"
#include "pg/resources.hpp"

namespace invalidation {

// A table, partitioned or not, of the current user's.
void require_watchable(const pg::relation &table);

// Fills in keys (from the primary key where none were given) and key_columns.
void settle_keys(watch &w, const pg::relation &table, bool keys_given);
void require_columns(const std::vector<std::string> &names, const pg::relation &table);
// What to write in a condition; for errors that are found later.
constexpr const char *condition_hint = "Write {row} for the row, as in '{row}.published'; the old and the new row are each tried.";
void require_condition(const std::string &when);
void require_max_keys(std::optional<int32> max_keys);
std::string require_ops(const std::string &ops);
void require_channel(const std::string &channel);
bool require_mode(const std::string &mode); // direct?
core::payload_kind require_payload(const std::string &payload);

} // namespace invalidation
