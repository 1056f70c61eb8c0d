// key_set.cpp: the keys of a transaction, each once, with undo.
#include "core/key_set.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

#include "core/pure.hpp"

namespace core {

namespace {

constexpr std::size_t smallest_table = 64;

std::uint32_t hash_of(key_set::group owner, std::string_view key)
{
	const std::size_t hash = std::hash<std::string_view>()(key) + owner * 0x9e3779b97f4a7c15ULL;
	return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

// Room for n more, growing geometrically; the push_back after it cannot fail.
template <typename Vector>
void reserve_more(Vector &v, std::size_t n)
{
	if (v.capacity() - v.size() < n)
		v.reserve(std::max(v.capacity() * 2, v.size() + std::max<std::size_t>(n, 16)));
}

} // namespace

key_set::key_set(std::pmr::memory_resource *memory)
	: groups_(memory), bytes_(memory), entries_(memory), table_(memory), log_(memory), marks_(memory)
{
}

key_set::group key_set::add_group()
{
	groups_.emplace_back();
	return static_cast<group>(groups_.size() - 1);
}

// The slot that holds the key, or the empty one where it belongs.
std::size_t key_set::slot_of(group owner, std::string_view key, std::uint32_t hash) const noexcept
{
	const std::size_t mask = table_.size() - 1;
	for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask)
	{
		if (table_[slot] == 0)
			return slot;
		const entry &there = entries_[table_[slot] - 1];
		if (there.hash == hash && there.owner == owner && there.length == key.size() &&
			std::memcmp(bytes_.data() + there.offset, key.data(), key.size()) == 0)
			return slot;
	}
}

// Entries go in again in order of arrival, so the newest stays removable.
void key_set::grow_table()
{
	std::pmr::vector<std::uint32_t> bigger(std::max(smallest_table, table_.size() * 2), 0, table_.get_allocator());
	const std::size_t mask = bigger.size() - 1;
	for (std::size_t i = 0; i < entries_.size(); ++i)
	{
		std::size_t slot = entries_[i].hash & mask;
		while (bigger[slot] != 0)
			slot = (slot + 1) & mask;
		bigger[slot] = static_cast<std::uint32_t>(i + 1);
	}
	table_ = std::move(bigger);
}

// All memory that a mutation needs, before anything is changed.
void key_set::make_room(std::size_t key_bytes, int level)
{
	if (level > 1)
	{
		reserve_more(log_, 1);
		reserve_more(marks_, 1);
	}
	reserve_more(entries_, 1);
	reserve_more(bytes_, key_bytes);
	if (entries_.size() * 2 >= table_.size())
		grow_table();
}

void key_set::note(int level, const mutation &m)
{
	if (level <= 1)
		return; // the top level is never undone, it is thrown away
	if (marks_.empty() || marks_.back().level < level)
		marks_.push_back({level, log_.size()});
	log_.push_back(m);
}

void key_set::add(group owner, std::string_view key, row_operation operation, int level, std::size_t cap)
{
	group_state &state = groups_[owner];
	if (state.all != all_reason::none)
		return;
	make_room(key.size(), level);

	const std::uint32_t hash = hash_of(owner, key);
	const std::size_t slot = slot_of(owner, key, hash);
	if (table_[slot] != 0)
	{
		const std::uint32_t known = table_[slot] - 1;
		if (entries_[known].operation == operation)
			return;
		note(level, {mutation::operation_changed, entries_[known].operation, known});
		entries_[known].operation = operation;
		return;
	}
	if (state.keys >= cap)
	{
		set_all(owner, all_reason::overflow, level);
		return;
	}
	const auto number = static_cast<std::uint32_t>(entries_.size());
	note(level, {mutation::added, row_operation::none, number});
	entries_.push_back({bytes_.size(), static_cast<std::uint32_t>(key.size()), hash, owner, operation});
	bytes_.insert(bytes_.end(), key.begin(), key.end());
	table_[slot] = number + 1;
	++state.keys;
}

void key_set::set_all(group owner, all_reason why, int level)
{
	group_state &state = groups_[owner];
	if (state.all != all_reason::none)
		return;
	make_room(0, level);
	note(level, {mutation::all_set, row_operation::none, owner});
	state.all = why;
}

void key_set::set_all_for_good(group owner) noexcept
{
	groups_[owner].for_good = true;
	if (groups_[owner].all == all_reason::none)
		groups_[owner].all = all_reason::overflow;
}

void key_set::undo(const mutation &m) noexcept
{
	switch (m.what)
	{
	case mutation::operation_changed:
		entries_[m.subject].operation = m.before;
		break;
	case mutation::all_set:
		if (!groups_[m.subject].for_good)
			groups_[m.subject].all = all_reason::none;
		break;
	case mutation::added:
		const entry &newest = entries_.back();
		table_[slot_of(newest.owner, key(newest), newest.hash)] = 0;
		--groups_[newest.owner].keys;
		bytes_.resize(newest.offset);
		entries_.pop_back();
		break;
	}
}

void key_set::roll_back_level(int level) noexcept
{
	while (!marks_.empty() && marks_.back().level >= level)
	{
		for (; log_.size() > marks_.back().log_length; log_.pop_back())
			undo(log_.back());
		marks_.pop_back();
	}
}

void key_set::release_level(int level) noexcept
{
	if (marks_.empty() || marks_.back().level < level)
		return;
	const int parent = level - 1;
	const bool parent_marked = marks_.size() > 1 && marks_[marks_.size() - 2].level == parent;
	if (parent_marked || parent <= 1)
		marks_.pop_back();
	else
		marks_.back().level = parent;
	if (marks_.empty())
		log_.clear();
}

bool key_set::empty() const
{
	return std::all_of(groups_.begin(), groups_.end(),
					   [](const group_state &g) { return g.keys == 0 && g.all == all_reason::none; });
}

} // namespace core
