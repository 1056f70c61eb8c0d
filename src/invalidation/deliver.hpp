// deliver.hpp: from change records to notifications.
#pragma once

#include <map>
#include <tuple>

#include "core/key_set.hpp"
#include "core/payload.hpp"
#include "pg/error.hpp"

namespace invalidation {

// Records of any number of transactions, each key once.
class coalesced {
public:
	struct part {
		std::string channel;
		std::string relation;
		std::string table;
		std::int64_t watch;
		core::payload_kind payload;
		core::key_set::group group;
	};

	// Copies what it needs of the record.
	void add(const core::change_record &record);

	bool empty() const { return parts_.empty(); }
	// In order of first appearance.
	const std::vector<part> &parts() const { return parts_; }
	std::vector<std::string> channels() const;
	std::vector<core::changed_key> keys(const part &of) const;
	core::all_reason all(const part &of) const { return keys_.all(of.group); }
	std::size_t key_count() const { return keys_.entries().size(); }

private:
	using identity = std::tuple<std::string, std::int64_t, core::payload_kind, std::string>;

	std::map<identity, std::size_t> known_;
	std::vector<part> parts_;
	core::key_set keys_{std::pmr::get_default_resource()};
};

struct delivery_options {
	std::string secret;	   // for hashed keys; read only when there are some
	bool degraded = false; // the queue fills: say less
};

// Queues the notifications of one channel; they go out at commit.
void notify_channel(const coalesced &changes, const std::string &channel, const core::payload_header &header,
					const delivery_options &options);

// Changes of the committing transaction, for watches in direct mode.
void notify_direct(const coalesced &changes);

// What a hashed watch says instead of a key.
std::string hashed_key(const std::string &secret, std::string_view key);

} // namespace invalidation
