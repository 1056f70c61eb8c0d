// create_parent.cpp: mosaic.create_parent() and mosaic.drop_parent().
#include "partition/apply.hpp"
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
	arguments.require(arg_reference_time, "reference_time");
	set settings;
	settings.parent = arguments.oid(arg_parent);
	settings.interval = arguments.optional_text(arg_interval);
	settings.premake = arguments.int4(arg_premake);
	settings.retention = arguments.optional_text(arg_retention);
	settings.start_at = arguments.optional_text(arg_start_at);
	settings.key_format = arguments.text(arg_key_format);
	settings.time_zone = arguments.null(arg_time_zone) ? pg::session_time_zone() : arguments.text(arg_time_zone);
	settings.default_partition = arguments.boolean(arg_default_partition);
	if (!arguments.null(arg_lists))
		settings.lists = pg::output(JSONBOID, arguments.datum(arg_lists));
	if (!arguments.null(arg_modulus))
		settings.modulus = arguments.int4(arg_modulus);
	return settings;
}

void require_unmanaged(Oid parent)
{
	if (!find_set(parent))
		return;
	const std::string name = pg::qualified_name(parent);
	throw pg::failure(ERRCODE_DUPLICATE_OBJECT, "\"" + name + "\" is managed already", {},
					  "Change it by UPDATE mosaic.partition_set, or forget it with: SELECT mosaic.drop_parent(" +
						  pg::quoted_literal(name.c_str()) + ");");
}

void require_primary(const char *function)
{
	if (RecoveryInProgress())
		throw pg::failure(ERRCODE_READ_ONLY_SQL_TRANSACTION, std::string("cannot execute ") + function + " during recovery",
						  "This server is a standby.", "Call it on the primary; its partitions arrive here by replication.");
}

} // namespace

PG_FUNCTION(mosaic_create_parent)
{
	const pg::arguments arguments(fcinfo);
	set settings = settings_of(arguments);
	require_primary("mosaic.create_parent()");
	pg::require_relation(settings.parent);
	require_manageable(settings.parent);
	pg::require_ownership(settings.parent);
	settings.strategy = strategy_name(pg::partition_table(settings.parent).strategy());
	require_unmanaged(settings.parent);
	validate(settings);
	insert_set(settings);

	pg::rowset rows(fcinfo);
	for (const applied &made : make_or_refuse(settings, {DatumGetTimestampTz(arguments.datum(arg_reference_time)), false, false, true}))
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
