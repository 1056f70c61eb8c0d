// question.hpp: what a call site asks, time after time: which map, and a key
// of which type.
#pragma once

#include "shard/map.hpp"

namespace shard {

struct question {
	Oid key_type;		   // of the argument
	key_kind kind;		   // of the argument
	const map *found;	   // for the call before
	uint64 generation;	   // as of which `found` holds
};

// The map, as of every transaction committed by now.
const map &map_asked(question &q, std::string_view name);

// The argument as a key of the map; text is read as the map's key type.
key key_asked(const question &q, const map &m, Datum argument);

} // namespace shard
