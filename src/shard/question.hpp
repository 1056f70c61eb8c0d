// question.hpp: what a call site asks, time after time: which map, and a key
// of which type.
#pragma once

#include "shard/cache.hpp"

namespace shard {

struct question {
	Oid key_type;	   // of the argument
	key_kind kind;	   // of the argument
	const map *found;  // for the call before
	uint64 generation; // as of which `found` holds
	bool one_map;	   // is the name the same in every call?
};

const map &find_again(question &q, std::string_view name);
key convert_key(const question &q, const map &m, Datum argument);

// The map, as of every change received by now.
inline const map &map_asked(question &q, Datum name)
{
	if (likely(q.generation == map_generation && (q.one_map || pg::bytes_of(name) == q.found->name)))
		return *q.found;
	return find_again(q, pg::bytes_of(name));
}

// The argument as a key of the map; text is read as the map's key type.
inline key key_asked(const question &q, const map &m, Datum argument)
{
	return likely(q.kind == m.keys) ? key_of(q.key_type, argument) : convert_key(q, m, argument);
}

} // namespace shard
