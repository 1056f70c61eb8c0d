// locate.hpp: map and key to owner.
#pragma once

#include "pg/native_hash.hpp"
#include "shard/map.hpp"

namespace shard {

struct place {
	int owner = none;
	int slot = none; // slots maps
	int64 epoch = 0; // when this key's owner last changed
	slot_state state = slot_state::stable;
	std::string_view schema_name;
	std::string_view dbname;
};

// The place of a key in its normal form: in the default shard where no other
// owns it, and without owner where there is no default.
place locate(const map &m, const key &k);

[[noreturn]] void refuse_ownerless(const map &m, const key &k);

// The same, raising where there is no owner.
inline place locate_owned(const map &m, const key &k)
{
	const place p = locate(m, k);
	if (unlikely(p.owner == none))
		refuse_ownerless(m, k);
	return p;
}

int slot_by_digest(const map &m, const key &k);

// The slot of a key in a slots map.
inline int slot_of(const map &m, const key &k)
{
	if (likely(m.hash == slot_hash::native))
		return static_cast<int>(pg::partition_row_hash(native_hash(k)) & (m.slot_owners.size() - 1));
	return slot_by_digest(m, k);
}

// The shard that owns a key.
inline const owner &owner_of(const map &m, const key &k)
{
	const int found = m.method == strategy::slots ? m.slot_owners[slot_of(m, k)] : locate(m, k).owner;
	if (unlikely(found == none))
		refuse_ownerless(m, k);
	return m.owners[found];
}

} // namespace shard
