// map.hpp: a shard map, laid out for lookups.
//
// Everything lies in one memory context, which is freed as a whole: no
// destructor ever runs.  Owners and nodes are referred to by position.
#pragma once

#include "shard/key.hpp"

namespace shard {

class directory;

enum class strategy : uint8 { slots, modulo, md5, sha256, jump, rendezvous, range, list, directory, tenant };
enum class slot_hash : uint8 { native, md5, sha256, crc16 };
enum class slot_state : uint8 { stable, moving, fenced };

constexpr int none = -1;

// A server, as applications reach it.
struct node {
	std::string_view name;
	std::string_view primary; // the node that this one is a replica of; empty: none
	std::string_view conninfo;
	std::string_view dbname;
	std::string_view fdw_server;
	uint64 name_hash;
	int64 weight;
};

// A shard, as the owner of keys.
struct owner {
	int id;
	std::string_view name;
	uint64 name_hash;
	int64 weight; // 0 while draining
	int node;	  // or none
};

struct slot_details {
	int64 epoch;
	slot_state state;
};

// A range includes its lower bound and not its upper one.
struct range {
	key upper;
	bool upper_open; // no bound
	bool lower_open;
	int owner;
	int64 epoch;
};

// A key with an owner of its own.
struct entry {
	int owner;
	int64 epoch;
	std::string_view schema_name; // tenants; empty: not said
	std::string_view dbname;
};

// Which version of the map's row was read; see cache.cpp.
struct row_version {
	TransactionId xmin = InvalidTransactionId;
	ItemPointerData place = {};
	bool own = false; // written by the transaction that read it
};

struct map {
	explicit map(MemoryContext in)
		: context(in), owners(pg::allocator<owner>(in)), nodes(pg::allocator<node>(in)), slot_owners(pg::allocator<int32>(in)),
		  slot_info(pg::allocator<slot_details>(in)), lowers(pg::allocator<key>(in)), ranges(pg::allocator<range>(in)),
		  list_keys(pg::allocator<key>(in)), list_entries(pg::allocator<entry>(in)) {}

	MemoryContext context;
	row_version version;
	std::string_view name;
	strategy method = strategy::slots;
	key_kind keys = key_kind::bigint;
	slot_hash hash = slot_hash::native;
	int default_owner = none;
	int64 epoch = 0;
	int64 base_epoch = 0; // when the owner of keys without an entry of their own last changed

	pg::vector<owner> owners; // by id
	pg::vector<node> nodes;	  // by name

	pg::vector<int32> slot_owners;
	pg::vector<slot_details> slot_info;
	pg::vector<key> lowers; // ascending, in step with ranges
	pg::vector<range> ranges;
	pg::vector<key> list_keys; // ascending, in step with list_entries
	pg::vector<entry> list_entries;
	directory *entries = nullptr; // directory and tenant maps
};

inline bool before(const key &a, const key &b)
{
	return a.numeric ? a.number < b.number : a.bytes < b.bytes;
}

// Position of the shard with an id, or none.
inline int owner_with_id(const map &m, int id)
{
	std::size_t low = 0;
	for (std::size_t high = m.owners.size(); low < high;)
	{
		const std::size_t middle = (low + high) / 2;
		if (m.owners[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m.owners.size() && m.owners[low].id == id ? static_cast<int>(low) : none;
}

} // namespace shard
