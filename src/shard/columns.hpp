// columns.hpp: the columns of the catalogs in catalog.sql, by position, and
// the words that they hold.
#pragma once

#include <array>

#include "pg/error.hpp"
#include "shard/map.hpp"

namespace shard {

namespace column {
enum { map_name = 1, map_strategy, map_key_type, map_hash, map_slots, map_default_shard, map_epoch, map_base_epoch, map_changed_in };
enum { node_name = 1, node_host, node_port, node_dbname, node_role, node_primary, node_zone, node_weight, node_fdw_server, node_options, node_conninfo };
enum { shard_map_name = 1, shard_id, shard_name, shard_node, shard_weight, shard_draining };
enum { slot_map = 1, slot_number, slot_shard, slot_state, slot_epoch };
enum { range_map = 1, range_lower, range_upper, range_shard, range_epoch };
enum { key_map = 1, key_key, key_shard, key_schema_name, key_dbname, key_epoch };
} // namespace column

namespace detail {
template <typename Word, std::size_t N>
Word word_in(const std::array<std::string_view, N> &words, std::string_view word)
{
	for (std::size_t i = 0; i < N; ++i)
		if (words[i] == word)
			return static_cast<Word>(i);
	throw pg::failure(ERRCODE_DATA_CORRUPTED, "unrecognized word \"" + std::string(word) + "\" in a shard catalog", {},
					  "Install the version of the library that belongs to the extension's version.");
}
} // namespace detail

// In the order of the enumerations in map.hpp.
constexpr std::array<std::string_view, 10> strategy_words = {"slots",	   "modulo", "md5",	 "sha256",	  "jump",
															 "rendezvous", "range",	 "list", "directory", "tenant"};
constexpr std::array<std::string_view, 4> slot_hash_words = {"native", "md5", "sha256", "crc16"};
constexpr std::array<std::string_view, 3> slot_state_words = {"stable", "moving", "fenced"};

inline strategy strategy_named(std::string_view word) { return detail::word_in<strategy>(strategy_words, word); }
inline slot_hash slot_hash_named(std::string_view word) { return detail::word_in<slot_hash>(slot_hash_words, word); }
inline slot_state slot_state_named(std::string_view word) { return detail::word_in<slot_state>(slot_state_words, word); }

} // namespace shard
