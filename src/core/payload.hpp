// payload.hpp: what a listener gets.
//
// A payload is one JSON object of ASCII characters, valid by itself, at most
// as long as the limit.  Too many keys for one become several, numbered
// "part" of "of"; too many parts become the first one with "more": true.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/change_record.hpp"
#include "core/json_text.hpp"

namespace core {

struct payload_header {
	std::string epoch;
	std::optional<std::int64_t> position; // of a tick
	std::optional<std::int64_t> previous; // tick with something for this channel
	std::string lsn;					  // a replica that has replayed it has the changes
	std::string xmax;					  // upper end of the tick's snapshot
	std::string xid;					  // of a direct notification, which has no tick
};

// Changes of one watch, or keys named by hand for one channel.
struct payload_group {
	std::int64_t watch = 0;
	std::string relation;
	all_reason all = all_reason::none;
	bool hashed = false;
	std::vector<std::string_view> keys;
};

std::vector<std::string> pack(const payload_header &header, const std::vector<payload_group> &groups, charset set,
							  std::size_t limit, std::size_t max_parts);

// Says only that there is something to ask for.
std::string doorbell(const payload_header &header);

// {"table": "users", "id": 123, "operation": "UPDATE"}.  The fragment is the
// member that holds the key, as "id": 123.
std::string row_payload(std::string_view table, std::string_view fragment, std::string_view operation, charset set);
// The same for a whole table: "id": null, and the reason as the operation.
std::string row_payload(std::string_view table, all_reason why, charset set);

} // namespace core
