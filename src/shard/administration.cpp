// administration.cpp: what admin.sql asks of C++.
#include "pg/bytes.hpp"
#include "pg/identity.hpp"
#include "pg/library.hpp"
#include "pg/lasting.hpp"
#include "pg/relcache.hpp"
#include "pg/resources.hpp"
#include "pg/rowset.hpp"
#include "shard/load.hpp"

// Trigger on every shard catalog: what backends hold is in doubt from the
// next command here, and from the commit elsewhere.
PG_FUNCTION(mosaic_shard_signal_change)
{
	pg::signal_change(pg::extension_relation(pg::applies_replicated_changes() ? "shard" : "shard_map"));
	return Datum(0);
}

// Raises unless the catalogs, as this transaction has them, make a map.
PG_FUNCTION(mosaic_shard_map_verify)
{
	pg::require_same_series();
	const std::string_view name = pg::bytes_of(PG_GETARG_DATUM(0));
	const pg::memory_scope scratch("shard map verify");
	if (shard::load_map(name, scratch.get()) == nullptr)
		shard::refuse_unknown_map(name);
	PG_RETURN_VOID();
}

// Refuses a type that cannot be a shard key; else the type that stands for it
// in maps.
PG_FUNCTION(mosaic_shard_key_type)
{
	return ObjectIdGetDatum(shard::type_of_kind(shard::kind_of_type(PG_GETARG_OID(0))));
}

// The one spelling of a key by which catalogs name it.  An instant or date
// without a zone is read in UTC, so that bounds do not depend on the session.
PG_FUNCTION(mosaic_shard_key_text)
{
	const shard::key_kind kind = shard::kind_of_type(PG_GETARG_OID(0));
	const pg::setting_scope utc;
	pg::set_local("timezone", "UTC");
	const shard::key k = shard::parse_key(kind, std::string(pg::bytes_of(PG_GETARG_DATUM(1))));
	return pg::text_value(shard::key_text(kind, k)).datum;
}

// What lies between the ranges of a map, and before and after them.
PG_FUNCTION(mosaic_shard_range_gaps)
{
	const pg::memory_scope scratch("shard range gaps");
	const std::string_view name = pg::bytes_of(PG_GETARG_DATUM(0));
	const shard::map *m = shard::load_map(name, scratch.get());
	if (m == nullptr)
		shard::refuse_unknown_map(name);
	pg::rowset rows(fcinfo);
	const auto text = [m](const shard::key &k) { return pg::text_value(shard::key_text(m->keys, k)); };
	const pg::value open = pg::null_of(TEXTOID);
	const shard::range *previous = nullptr;
	for (std::size_t i = 0; i < m->ranges.size(); ++i)
	{
		const shard::range &r = m->ranges[i];
		if (previous == nullptr && !r.lower_open)
			rows.add({open, text(m->lowers[i])});
		if (previous != nullptr && shard::before(previous->upper, m->lowers[i]))
			rows.add({text(previous->upper), text(m->lowers[i])});
		previous = &r;
	}
	if (previous == nullptr)
		rows.add({open, open});
	else if (!previous->upper_open)
		rows.add({text(previous->upper), open});
	return 0;
}
