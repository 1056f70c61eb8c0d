// rebalance.cpp: which slots should change their shard, and no others.
#include <algorithm>
#include <numeric>
#include <utility>

#include "core/rebalance.hpp"

#include "core/pure.hpp"

namespace core {

namespace {

using amounts = std::vector<std::int64_t>;

// The slots of each shard, ascending.
std::vector<std::vector<int>> slots_by_owner(const std::vector<int> &owners, std::size_t shards)
{
	std::vector<std::vector<int>> slots(shards);
	for (std::size_t slot = 0; slot < owners.size(); ++slot)
		slots[owners[slot]].push_back(static_cast<int>(slot));
	return slots;
}

// Balancing by size: what each shard has too much (negative: too little).
class size_balance {
public:
	size_balance(const std::vector<int> &owners, const amounts &bytes, const amounts &weights)
		: bytes_(bytes), weights_(weights), slots_(slots_by_owner(owners, weights.size()))
	{
		targets_ = shares(std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0}), weights);
		surplus_.resize(weights.size());
		for (std::size_t shard = 0; shard < weights.size(); ++shard)
		{
			surplus_[shard] = -targets_[shard];
			for (const int slot : slots_[shard])
				surplus_[shard] += bytes[slot];
			// Largest first; of equal ones the highest slot.
			std::sort(slots_[shard].begin(), slots_[shard].end(),
					  [&](int a, int b) { return std::pair(bytes[a], a) > std::pair(bytes[b], b); });
		}
	}

	// A shard of weight 0 gives all it has, fitting or not.
	void drain(std::vector<slot_move> &plan)
	{
		for (std::size_t shard = 0; shard < weights_.size(); ++shard)
			while (weights_[shard] == 0 && !slots_[shard].empty())
				move(static_cast<int>(shard), 0, neediest(), plan);
	}

	// One move, from the fullest shard that has a slot that fits.
	bool step(std::vector<slot_move> &plan)
	{
		std::vector<int> givers(surplus_.size());
		std::iota(givers.begin(), givers.end(), 0);
		std::stable_sort(givers.begin(), givers.end(), [&](int a, int b) { return surplus_[a] > surplus_[b]; });
		const int to = neediest();
		for (const int from : givers)
		{
			if (surplus_[from] <= 0 || surplus_[from] * 10 < targets_[from])
				continue;
			const std::int64_t room = std::min(surplus_[from], -surplus_[to]);
			for (std::size_t i = 0; i < slots_[from].size(); ++i)
				if (const std::int64_t size = bytes_[slots_[from][i]]; size > 0 && size <= room)
				{
					move(from, i, to, plan);
					return true;
				}
		}
		return false;
	}

private:
	// The shard that lacks most; of equal ones the lowest.
	int neediest() const
	{
		int found = -1;
		for (int shard = 0; shard < static_cast<int>(surplus_.size()); ++shard)
			if (weights_[shard] > 0 && (found < 0 || surplus_[shard] < surplus_[found]))
				found = shard;
		return found;
	}

	void move(int from, std::size_t position, int to, std::vector<slot_move> &plan)
	{
		const int slot = slots_[from][position];
		slots_[from].erase(slots_[from].begin() + static_cast<std::ptrdiff_t>(position));
		surplus_[from] -= bytes_[slot];
		surplus_[to] += bytes_[slot];
		plan.push_back({slot, from, to});
	}

	const amounts &bytes_;
	const amounts &weights_;
	std::vector<std::vector<int>> slots_;
	amounts targets_;
	amounts surplus_;
};

} // namespace

amounts shares(std::int64_t total, const amounts &weights)
{
	const __int128 sum = std::accumulate(weights.begin(), weights.end(), __int128{0});
	amounts result(weights.size());
	std::vector<__int128> remainders(weights.size());
	std::int64_t left = total;
	for (std::size_t i = 0; i < weights.size(); ++i)
	{
		const __int128 product = static_cast<__int128>(total) * weights[i];
		result[i] = static_cast<std::int64_t>(product / sum);
		remainders[i] = product % sum;
		left -= result[i];
	}
	std::vector<std::size_t> order(weights.size());
	std::iota(order.begin(), order.end(), 0);
	std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
	for (std::int64_t i = 0; i < left; ++i)
		++result[order[static_cast<std::size_t>(i)]];
	return result;
}

std::vector<slot_move> plan_by_count(const std::vector<int> &owners, const amounts &weights)
{
	const amounts targets = shares(static_cast<std::int64_t>(owners.size()), weights);
	const auto slots = slots_by_owner(owners, weights.size());
	std::vector<slot_move> plan;
	std::size_t to = 0;
	std::size_t taken = 0; // by shard `to`
	for (std::size_t from = 0; from < weights.size(); ++from)
		for (std::size_t i = static_cast<std::size_t>(targets[from]); i < slots[from].size(); ++i)
		{
			while (slots[to].size() + taken >= static_cast<std::size_t>(targets[to]))
			{
				++to;
				taken = 0;
			}
			plan.push_back({slots[from][i], static_cast<int>(from), static_cast<int>(to)});
			++taken;
		}
	return plan;
}

std::vector<slot_move> plan_by_bytes(const std::vector<int> &owners, const amounts &bytes, const amounts &weights)
{
	size_balance balance(owners, bytes, weights);
	std::vector<slot_move> plan;
	balance.drain(plan);
	while (balance.step(plan))
		;
	return plan;
}

} // namespace core
