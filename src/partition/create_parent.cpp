// create_parent.cpp: mosaic.create_parent() and mosaic.drop_parent().
#include "partition/apply.hpp"
#include "partition/room.hpp"
#include "partition/validate.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"
#include "pg/rowset.hpp"

namespace partition {

namespace {

enum argument {
	arg_parent,
	arg_interval,
	arg_premake,
	arg_retention,
	arg_start_at,
	arg_lists,
	arg_modulus,
	arg_key_format,
	arg_time_zone,
	arg_default_partition,
	arg_reference_time,
};

set settings_of(const pg::arguments &arguments)
{
	arguments.require(arg_parent, "parent");
	arguments.require(arg_premake, "premake");
	arguments.require(arg_key_format, "key_format");
	arguments.require(arg_default_partition, "default_partition");
	set settings;
	settings.parent = arguments.oid(arg_parent);
	settings.interval = arguments.optional_text(arg_interval);
	settings.premake = arguments.int4(arg_premake);
	settings.retention = arguments.optional_text(arg_retention);
	settings.start_at = arguments.optional_text(arg_start_at);
	settings.key_format = arguments.text(arg_key_format);
	settings.time_zone = arguments.null(arg_time_zone) ? pg::session_time_zone() : arguments.text(arg_time_zone);
	settings.default_partition = arguments.boolean(arg_default_partition);
	return settings;
}

void refuse_options_of_other_strategies(const pg::arguments &arguments)
{
	struct option {
		argument given;
		const char *name;
		const char *strategy;
	};
	for (const option &other : {option{arg_lists, "lists", "LIST"}, option{arg_modulus, "modulus", "HASH"}})
		if (!arguments.null(other.given))
			throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, std::string(other.name) + " does not go with a RANGE key",
							  "\"" + pg::qualified_name(arguments.oid(arg_parent)) + "\" is partitioned by RANGE.",
							  std::string("Leave ") + other.name + " out; it is for tables partitioned by " + other.strategy + ".");
}

[[noreturn]] void refuse_managed(Oid parent)
{
	const std::string name = pg::qualified_name(parent);
	throw pg::failure(ERRCODE_DUPLICATE_OBJECT, "\"" + name + "\" is managed already", {},
					  "Change it by UPDATE mosaic.partition_set, or forget it with: SELECT mosaic.drop_parent(" +
						  pg::quoted_literal(name.c_str()) + ");");
}

std::vector<applied> make_first_partitions(const set &settings, TimestampTz reference_time)
{
	request asked{reference_time, false, false, true};
	asked.limit = most_partitions_at_once(settings.parent) + 1;
	plan steps;
	for (step &what : plan_set(settings, asked).steps)
		if (!is_retirement(what.what))
			steps.push_back(std::move(what));
	require_room(settings.parent, steps);
	std::vector<applied> made = apply(settings, steps, asked);
	if (!made.empty() && made.front().outcome != "done")
		throw pg::failure(ERRCODE_LOCK_NOT_AVAILABLE, "could not lock \"" + pg::qualified_name(settings.parent) + "\" to make partitions",
						  made.front().detail + ".", "Try again when no other DDL or ANALYZE works on the table, or raise mosaic.lock_budget.");
	return made;
}

} // namespace

PG_FUNCTION(mosaic_create_parent)
{
	const pg::arguments arguments(fcinfo);
	set settings = settings_of(arguments);
	const TimestampTz reference_time = require_reference_time(arguments, arg_reference_time);
	require_primary("mosaic.create_parent()");
	pg::require_relation(settings.parent);
	require_manageable(settings.parent);
	pg::require_ownership(settings.parent);
	refuse_options_of_other_strategies(arguments);
	if (find_set(settings.parent))
		refuse_managed(settings.parent);
	validate(settings);
	settings.start_at = range_set(settings).start_text();
	if (!insert_set(settings))
		refuse_managed(settings.parent); // by another session, just now

	pg::rowset rows(fcinfo);
	for (const applied &made : make_first_partitions(settings, reference_time))
		rows.add({pg::regclass_value(pg::relation_named(pg::schema_of(settings.parent), made.what.name)), pg::text_value(made.what.lower),
				  pg::text_value(made.what.upper)});
	return Datum(0);
}

PG_FUNCTION(mosaic_drop_parent)
{
	const Oid parent = pg::arguments(fcinfo).oid(0);
	require_set(parent);
	pg::require_ownership_or_gone(parent);
	delete_set(parent);
	return Datum(0);
}

} // namespace partition
