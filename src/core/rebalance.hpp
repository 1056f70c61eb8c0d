// rebalance.hpp: which slots should change their shard, and no others.
//
// A shard's target is its share of the whole by weight.  Shards above their
// target give, shards below take, and nothing moves between two shards of the
// same side, so a plan is as short as it can be.
#pragma once

#include <cstdint>
#include <vector>

namespace core {

struct slot_move {
	int slot;
	int from;
	int to;

	bool operator==(const slot_move &) const = default;
};

// Splits a total by weight to the last unit: largest remainders first, ties to
// the lower index.  At least one weight is above 0.
std::vector<std::int64_t> shares(std::int64_t total, const std::vector<std::int64_t> &weights);

// owners[slot] is the index of a shard in weights; a weight of 0 only gives.
// A shard gives its highest slots, which keeps what it owns contiguous.
std::vector<slot_move> plan_by_count(const std::vector<int> &owners, const std::vector<std::int64_t> &weights);

// The same by the size of slots: repeatedly the largest slot that fits both
// what the fullest shard has too much and what the emptiest has too little,
// until no shard is a tenth above its target.
std::vector<slot_move> plan_by_bytes(const std::vector<int> &owners, const std::vector<std::int64_t> &bytes,
									 const std::vector<std::int64_t> &weights);

} // namespace core
