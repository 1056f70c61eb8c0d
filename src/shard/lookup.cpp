// lookup.cpp: the SQL functions that ask a map about a key.
//
// Each has one body for all key types: a call site remembers the type that its
// function was declared with, and the map it found last.
#include "pg/bytes.hpp"
#include "pg/call_state.hpp"
#include "pg/composite.hpp"
#include "pg/routine.hpp"
#include "shard/cache.hpp"
#include "shard/columns.hpp"
#include "shard/locate.hpp"
#include "shard/question.hpp"
#include "shard/replica.hpp"

namespace {

struct call_site {
	shard::question question;
	bool ready;
};

struct answer {
	const shard::map &map;
	shard::key key;
};

[[gnu::cold, gnu::noinline]] void prepare(FunctionCallInfo fcinfo, call_site &site)
{
	Oid type = pg::declared_type(fcinfo, 1);
	if (type == ANYOID)
	{
		type = pg::given_type(fcinfo, 1);
		shard::kind_of_type(type);
		type = pg::call(getBaseType, type);
	}
	if (type == TEXTOID)
		pg::require_deterministic_collation(fcinfo);
	site.question.one_map = pg::is_constant_argument(fcinfo, 0);
	site.question.key_type = type;
	site.question.kind = shard::kind_of_type(type);
	site.ready = true;
}

// The map of argument 0 and the key of argument 1.
[[gnu::always_inline]] inline answer ask(FunctionCallInfo fcinfo)
{
	call_site &site = pg::call_state<call_site>(fcinfo);
	if (unlikely(!site.ready))
		prepare(fcinfo, site);
	const shard::map &m = shard::map_asked(site.question, PG_GETARG_DATUM(0));
	return {m, shard::key_asked(site.question, m, PG_GETARG_DATUM(1))};
}

pg::value optional_name(std::string_view name)
{
	return name.empty() ? pg::null_of(NAMEOID) : pg::name_value(std::string(name).c_str());
}

pg::value optional_text(std::string_view text)
{
	return text.empty() ? pg::null_of(TEXTOID) : pg::text_value(text);
}

} // namespace

PG_FUNCTION_AFTER_CHANGES(mosaic_shard_for)
{
	const answer a = ask(fcinfo);
	return Int32GetDatum(shard::owner_of(a.map, a.key).id);
}

PG_FUNCTION_AFTER_CHANGES(mosaic_shard_name_for)
{
	const answer a = ask(fcinfo);
	return pg::text_value(shard::owner_of(a.map, a.key).name).datum;
}

PG_FUNCTION_AFTER_CHANGES(mosaic_shard_slot_for)
{
	const answer a = ask(fcinfo);
	if (a.map.method != shard::strategy::slots)
		throw pg::failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "shard map \"" + std::string(a.map.name) + "\" has no slots",
						  "Only maps of strategy \"slots\" have slots.", "Ask mosaic.shard_for(map, key).");
	return Int32GetDatum(shard::slot_of(a.map, a.key));
}

PG_FUNCTION_AFTER_CHANGES(mosaic_shard_location)
{
	const answer a = ask(fcinfo);
	const shard::place p = shard::locate_owned(a.map, a.key);
	const shard::owner &o = a.map.owners[p.owner];
	const shard::node *n = o.node != shard::none ? &a.map.nodes[o.node] : nullptr;
	const std::string_view dbname = !p.dbname.empty() || n == nullptr ? p.dbname : n->dbname;
	return pg::composite_result(fcinfo, {pg::int4_value(o.id), pg::text_value(o.name), optional_text(n ? n->name : std::string_view()),
										 optional_name(n ? n->fdw_server : std::string_view()), optional_name(p.schema_name),
										 optional_name(dbname), pg::int8_value(a.map.epoch),
										 pg::text_value(shard::slot_state_words[static_cast<std::size_t>(p.state)])});
}

PG_FUNCTION_AFTER_CHANGES(mosaic_shard_dsn_for)
{
	const answer a = ask(fcinfo);
	const shard::place p = shard::locate_owned(a.map, a.key);
	const shard::node &n = shard::node_for(a.map, p, a.key, pg::bytes_of(PG_GETARG_DATUM(2)));
	return pg::text_value(shard::dsn_of(n, p)).datum;
}

PG_FUNCTION_AFTER_CHANGES(mosaic_shard_check)
{
	const answer a = ask(fcinfo);
	const shard::place p = shard::locate_owned(a.map, a.key);
	const int64 epoch = PG_GETARG_INT64(2);
	if (p.state == shard::slot_state::fenced)
		throw pg::failure(ERRCODE_T_R_SERIALIZATION_FAILURE, "slot " + std::to_string(p.slot) + " is being moved",
						  "The key is " + shard::shown_key(a.map.keys, a.key) + ".", "Try again in a moment.");
	if (epoch < p.epoch)
		throw pg::failure(ERRCODE_T_R_SERIALIZATION_FAILURE, "shard map \"" + std::string(a.map.name) + "\" has changed",
						  "The owner of the key changed in epoch " + std::to_string(p.epoch) + ", and the caller's epoch is " +
							  std::to_string(epoch) + ".",
						  "Read the map again, route the key anew and try again.");
	PG_RETURN_VOID();
}

PG_FUNCTION_AFTER_CHANGES(mosaic_shard_map_epoch)
{
	return pg::int8_value(shard::find_map(pg::bytes_of(PG_GETARG_DATUM(0))).epoch).datum;
}
