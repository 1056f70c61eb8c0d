// locate.hpp: map and key to owner.
#pragma once

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

// The owner of a key in its normal form; the default shard where no other
// owns it; none where there is no default.
place locate(const map &m, const key &k);

// The slot of a key in a slots map.
int slot_of(const map &m, const key &k);

// The same as locate(), raising where there is no owner.
place locate_owned(const map &m, const key &k);

} // namespace shard
