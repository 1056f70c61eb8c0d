// Plans of rebalancing: what they promise of every distribution.
#include "core/rebalance.hpp"

#include <numeric>
#include <set>

#include "bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	fuzz::bytes input(data, size);
	const int shards = 1 + static_cast<int>(input.below(12)), slots = 1 << input.below(8);
	std::vector<std::int64_t> weights;
	for (int i = 0; i < shards; ++i)
		weights.push_back(input.byte() % 5 == 0 ? 0 : input.byte() % 2 == 0 ? input.byte() : input.below(1 << 24));
	if (std::accumulate(weights.begin(), weights.end(), std::int64_t{0}) == 0)
		weights[0] = 1;
	std::vector<int> owners;
	std::vector<std::int64_t> bytes;
	for (int i = 0; i < slots; ++i)
	{
		owners.push_back(static_cast<int>(input.below(static_cast<std::uint32_t>(shards))));
		bytes.push_back(static_cast<std::int64_t>(input.below(1 << 24)) << input.byte() % 32);
	}

	const auto targets = core::shares(slots, weights);
	fuzz::hold(std::accumulate(targets.begin(), targets.end(), std::int64_t{0}) == slots, "shares make up the whole");
	std::vector<std::int64_t> owned(weights.size());
	std::vector<int> after = owners;
	std::set<int> moved;
	for (const core::slot_move &move : core::plan_by_count(owners, weights))
	{
		fuzz::hold(move.slot >= 0 && move.slot < slots && after[move.slot] == move.from && move.from != move.to, "a move is of a slot, from its owner, to another");
		fuzz::hold(moved.insert(move.slot).second, "a slot moves once");
		after[move.slot] = move.to;
	}
	for (const int owner : after)
		++owned[owner];
	fuzz::hold(owned == targets, "after a plan by count each shard has its share");

	after = owners;
	moved.clear();
	for (const core::slot_move &move : core::plan_by_bytes(owners, bytes, weights))
	{
		fuzz::hold(move.slot >= 0 && move.slot < slots && after[move.slot] == move.from && move.from != move.to, "a move is of a slot, from its owner, to another");
		fuzz::hold(moved.insert(move.slot).second, "a slot moves once");
		fuzz::hold(weights[move.to] > 0, "what only gives is given nothing");
		after[move.slot] = move.to;
	}
	return 0;
}
