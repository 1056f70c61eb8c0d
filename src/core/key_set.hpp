// key_set.hpp: the keys of a transaction, each once, with undo.
//
// ROLLBACK TO SAVEPOINT must take back exactly what came after the savepoint,
// RELEASE must cost nothing however much the subtransaction did, and a bulk
// statement must not eat memory.  So:
//
//   - keys lie in arrival order; a log notes each mutation made below the top
//     level; undoing is taking the newest away, for the hash table too, where
//     the newest entry is never in the way of an older one;
//   - a level that mutates something notes the log's length, lazily; rolling
//     back goes back to that mark, releasing forgets or renames it;
//   - a group over its cap becomes "all" but keeps the keys it has, so that
//     undoing the overflow gives the exact set back.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "core/change_record.hpp"

namespace core {

class key_set {
public:
	// One of the places keys are for: a watch, or a channel.
	using group = std::uint32_t;

	struct entry {
		std::size_t offset;
		std::uint32_t length;
		std::uint32_t hash;
		group owner;
		row_operation operation;
	};

	explicit key_set(std::pmr::memory_resource *memory);

	group add_group();
	std::size_t groups() const { return groups_.size(); }

	// Levels are nesting levels of transactions; 1 is the top.
	void add(group owner, std::string_view key, row_operation operation, int level, std::size_t cap);
	void set_all(group owner, all_reason why, int level);
	// Without memory, hence without undo.
	void set_all_for_good(group owner) noexcept;

	void release_level(int level) noexcept;
	void roll_back_level(int level) noexcept;

	all_reason all(group owner) const { return groups_[owner].all; }
	std::size_t size(group owner) const { return groups_[owner].keys; }
	bool empty() const;
	std::string_view key(const entry &of) const { return {bytes_.data() + of.offset, of.length}; }
	// Keys of all groups in order of arrival.
	const std::pmr::vector<entry> &entries() const { return entries_; }

private:
	struct group_state {
		std::size_t keys = 0;
		all_reason all = all_reason::none;
		bool for_good = false;
	};
	struct mutation {
		enum kind : unsigned char { added, operation_changed, all_set } what;
		row_operation before;
		std::uint32_t subject; // entry or group
	};
	struct mark {
		int level;
		std::size_t log_length;
	};

	std::size_t slot_of(group owner, std::string_view key, std::uint32_t hash) const noexcept;
	void make_room(std::size_t key_bytes, int level);
	void grow_table();
	void note(int level, const mutation &m);
	void undo(const mutation &m) noexcept;

	std::pmr::vector<group_state> groups_;
	std::pmr::vector<char> bytes_;
	std::pmr::vector<entry> entries_;
	std::pmr::vector<std::uint32_t> table_; // entry number + 1; size is a power of two
	std::pmr::vector<mutation> log_;
	std::pmr::vector<mark> marks_;
};

} // namespace core
