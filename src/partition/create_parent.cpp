// create_parent.cpp: mosaic.create_parent() and mosaic.drop_parent().
#include "partition/apply.hpp"
#include "partition/arguments.hpp"
#include "partition/free_departures.hpp"
#include "partition/misses.hpp"
#include "partition/validate.hpp"
#include "pg/identity.hpp"
#include "pg/library.hpp"
#include "pg/naming.hpp"
#include "pg/rowset.hpp"

namespace partition {

namespace {

[[noreturn]] void refuse_managed(Oid parent)
{
	const std::string name = pg::qualified_name(parent);
	throw pg::failure(ERRCODE_DUPLICATE_OBJECT, "\"" + name + "\" is managed already", {},
					  "Change it by UPDATE mosaic.partition_set, or forget it with: SELECT mosaic.drop_parent(" +
						  pg::quoted_literal(name.c_str()) + ");");
}

} // namespace

PG_FUNCTION(mosaic_create_parent)
{
	pg::require_same_series();
	const pg::arguments arguments(fcinfo);
	arguments.require(0, "parent");
	set settings = settings_of(arguments, 1);
	settings.parent = settings.root = arguments.oid(0);
	const TimestampTz reference_time = reference_time_of(arguments, 1);
	require_primary("mosaic.create_parent()");
	pg::require_relation(settings.parent);
	require_manageable(settings.parent);
	pg::require_ownership(settings.parent);
	set_strategy(settings, pg::partition_table(settings.parent).strategy());
	if (find_set(settings.parent))
		refuse_managed(settings.parent);
	validate(settings);
	if (settings.start_at)
		settings.start_at = range_set(settings).start_text();
	if (!insert_set(settings))
		refuse_managed(settings.parent); // by another session, just now

	pg::rowset rows(fcinfo);
	for (const applied &made : make_or_refuse(settings, {reference_time, false, false, true}))
		rows.add({pg::regclass_value(pg::relation_named(pg::schema_of(settings.parent), made.what.name)), pg::text_value(made.what.lower),
				  pg::text_value(made.what.upper)});
	return Datum(0);
}

PG_FUNCTION(mosaic_drop_parent)
{
	pg::require_same_series();
	const Oid parent = pg::arguments(fcinfo).oid(0);
	const set settings = require_set(parent).settings;
	pg::require_ownership_or_gone(parent);
	free_departures(settings);
	delete_set(parent);
	forget_missed(parent);
	return Datum(0);
}

} // namespace partition
