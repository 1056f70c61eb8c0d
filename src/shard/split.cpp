// split.cpp: many keys at once, one row a shard.
#include <algorithm>

#include "pg/array.hpp"
#include "pg/bytes.hpp"
#include "pg/relcache.hpp"
#include "pg/routine.hpp"
#include "pg/rowset.hpp"
#include "shard/locate.hpp"
#include "shard/question.hpp"

namespace {

// Keys of a shard, in the order in which they were given.
struct group {
	int shard_id;
	bool ownerless; // the nulls among the keys
	pg::vector<Datum> keys;
	pg::vector<char> nulls;
};

group &group_for(pg::vector<group> &groups, int shard_id, bool ownerless)
{
	for (group &g : groups)
		if (g.shard_id == shard_id && g.ownerless == ownerless)
			return g;
	groups.push_back({shard_id, ownerless, {}, {}});
	return groups.back();
}

pg::vector<group> split(Datum name, const pg::array_elements &keys)
{
	shard::question question{};
	question.key_type = pg::call(getBaseType, keys.type);
	question.kind = shard::kind_of_type(keys.type);
	question.one_map = true;
	pg::vector<group> groups;
	for (int i = 0; i < keys.count; ++i)
	{
		pg::check_for_interrupts();
		int shard_id = 0;
		if (!keys.nulls[i])
		{
			const shard::map &m = shard::map_asked(question, name);
			const shard::key k = shard::key_asked(question, m, keys.values[i]);
			shard_id = shard::owner_of(m, k).id;
		}
		group &g = group_for(groups, shard_id, keys.nulls[i]);
		g.keys.push_back(keys.values[i]);
		g.nulls.push_back(keys.nulls[i]);
	}
	std::sort(groups.begin(), groups.end(), [](const group &a, const group &b) {
		return a.ownerless != b.ownerless ? b.ownerless : a.shard_id < b.shard_id;
	});
	return groups;
}

Datum emit(FunctionCallInfo fcinfo, const pg::array_elements &keys)
{
	pg::rowset rows(fcinfo);
	for (const group &g : split(PG_GETARG_DATUM(0), keys))
		rows.add({g.ownerless ? pg::null_of(INT4OID) : pg::int4_value(g.shard_id), pg::array_value(keys.type, g.keys, g.nulls)});
	return 0;
}

} // namespace

PG_FUNCTION_AFTER_CHANGES(mosaic_shard_split)
{
	pg::require_deterministic_collation(fcinfo);
	return emit(fcinfo, pg::elements_of(PG_GETARG_DATUM(1)));
}

// The keys as an array literal, whose type is the map's to know.
PG_FUNCTION_AFTER_CHANGES(mosaic_shard_split_text)
{
	const Datum array = pg::input(TEXTARRAYOID, std::string(pg::bytes_of(PG_GETARG_DATUM(1))).c_str());
	return emit(fcinfo, pg::elements_of(array));
}
