// create_parent.cpp: mosaic.create_parent() and mosaic.drop_parent().
#include "partition/apply.hpp"
#include "partition/validate.hpp"
#include "pg/identity.hpp"
#include "pg/lock_table.hpp"
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

void require_unmanaged(Oid parent)
{
	if (!find_set(parent))
		return;
	const std::string name = pg::qualified_name(parent);
	throw pg::failure(ERRCODE_DUPLICATE_OBJECT, "\"" + name + "\" is managed already", {},
					  "Change it by UPDATE mosaic.partition_set, or forget it with: SELECT mosaic.drop_parent(" +
						  pg::quoted_literal(name.c_str()) + ");");
}

void require_room_for_locks(const set &settings, const plan &steps)
{
	const pg::lock_table_need need = pg::lock_table_need_of(settings.parent, steps.size());
	if (need.locks <= need.room)
		return;
	throw pg::failure(ERRCODE_OUT_OF_MEMORY, "cannot make " + std::to_string(steps.size()) + " partitions in one transaction",
					  "They would take about " + std::to_string(need.locks) + " locks, and the lock table has room for about " +
						  std::to_string(need.room) + " (max_locks_per_transaction).",
					  "Give a later start_at or a smaller premake; raise premake afterwards, and CALL mosaic.maintain() or the worker makes the rest, "
					  "one partition a transaction.");
}

std::vector<applied> make_first_partitions(const set &settings, TimestampTz reference_time)
{
	const request asked{reference_time, false, false, true};
	plan steps;
	for (step &what : plan_set(settings, asked).steps)
		if (!is_retirement(what.what))
			steps.push_back(std::move(what));
	require_room_for_locks(settings, steps);
	std::vector<applied> made = apply(settings, steps, asked);
	if (!made.empty() && made.front().outcome != "done")
		throw pg::failure(ERRCODE_LOCK_NOT_AVAILABLE, "could not lock \"" + pg::qualified_name(settings.parent) + "\" to make partitions",
						  made.front().detail + ".", "Try again when no other DDL or ANALYZE works on the table, or raise mosaic.lock_budget.");
	return made;
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
	refuse_options_of_other_strategies(arguments);
	require_unmanaged(settings.parent);
	validate(settings);
	settings.start_at = range_set(settings).start_text();
	insert_set(settings);

	pg::rowset rows(fcinfo);
	for (const applied &made : make_first_partitions(settings, DatumGetTimestampTz(arguments.datum(arg_reference_time))))
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
