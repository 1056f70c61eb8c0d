// question.cpp: what a call site asks, time after time.
#include "shard/question.hpp"

#include "pg/bytes.hpp"

namespace shard {

const map &find_again(question &q, std::string_view name)
{
	const uint64 generation = map_generation; // what comes meanwhile may be news
	q.found = &find_map(name);
	q.generation = generation;
	return *q.found;
}

key convert_key(const question &q, const map &m, Datum argument)
{
	if (q.kind == key_kind::text)
		return parse_key(m.keys, std::string(pg::bytes_of(argument)));
	const std::string type = pg::format_type(type_of_kind(m.keys));
	throw pg::failure(ERRCODE_DATATYPE_MISMATCH,
					  "shard map \"" + std::string(m.name) + "\" has keys of type " + type + ", not " + pg::format_type(q.key_type), {},
					  "Cast the key to " + type + ".");
}

} // namespace shard
