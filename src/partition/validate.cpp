// validate.cpp: what a set may be.
#include "partition/validate.hpp"

#include "partition/archive_callback.hpp"
#include "partition/archive_file.hpp"
#include "partition/lists.hpp"
#include "partition/name.hpp"
#include "partition/plan.hpp"
#include "partition/range_set.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"
#include "pg/table_options.hpp"

namespace partition {

namespace {

// A plan is made as a whole, in memory.
constexpr int most_premade = 10000;
constexpr int most_remainders = 100000;

[[noreturn]] void refuse(const char *name, const std::string &value, const char *reason, const char *hint)
{
	throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, std::string("invalid ") + name + " " + value, reason, hint);
}

std::string name_beside(Oid table)
{
	return pg::quoted_identifier(pg::schema_name(pg::schema_of(table)).c_str()) + "." +
		   pg::quoted_identifier((pg::relation_name(table) + "_partitioned").c_str());
}

void require_retention_action(const set &settings)
{
	const std::string &action = settings.retention_action;
	if (action != "drop" && action != "detach" && action != "move" && action != "archive")
		refuse("retention_action", "\"" + action + "\"", "Retiring a partition means one of drop, detach, move and archive.",
			   "Use 'drop', 'detach', 'move' or 'archive'.");
	const bool has_target = settings.retention_schema || settings.retention_tablespace;
	if (action == "move" && !has_target)
		refuse("retention_action", "\"move\"", "A partition can be moved into a schema, a tablespace, or both.",
			   "Set retention_schema or retention_tablespace as well.");
	const Oid owner = pg::owner_of(settings.parent);
	if (settings.retention_schema)
		pg::require_create_in_schema(*settings.retention_schema, owner);
	if (settings.retention_tablespace)
		pg::require_create_in_tablespace(*settings.retention_tablespace, owner);
}

void require_archive_options(const set &settings)
{
	if (settings.archive_format != "csv" && settings.archive_format != "binary")
		refuse("archive_format", "\"" + settings.archive_format + "\"", "Archive files are written by COPY.", "Use 'csv' or 'binary'.");
	if (settings.archive_compression != "none" && settings.archive_compression != "gzip")
		refuse("archive_compression", "\"" + settings.archive_compression + "\"", "Archive files are compressed by gzip or not at all.",
			   "Use 'none' or 'gzip'.");
	const pg::span cooldown = pg::parse_span(settings.cooldown);
	if (cooldown.months < 0 || cooldown.days < 0 || cooldown.micros < 0)
		refuse("cooldown", "\"" + settings.cooldown + "\"", "Nothing is dropped before it is detached.", "Give an interval such as '7 days', or '0'.");
}

void require_no_row_security(const set &settings)
{
	const pg::relation parent(settings.root, AccessShareLock);
	if (settings.inherit_privileges && parent.form()->relrowsecurity)
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "cannot inherit privileges from a table with row security",
						  "Whoever may read a partition directly would bypass the policies of \"" + pg::qualified_name(settings.root) + "\".",
						  "Leave inherit_privileges off and let users go through the parent.");
}

// Opening reads interval, retention, zone, format and start_at.  The server's
// own errors about them know no remedy.
void require_readable(const set &settings)
{
	const ErrorData *error = pg::attempt([&] { const range_set open(settings); });
	if (error == nullptr)
		return;
	const bool malformed = error->sqlerrcode == ERRCODE_INVALID_DATETIME_FORMAT || error->sqlerrcode == ERRCODE_DATETIME_VALUE_OUT_OF_RANGE;
	const char *remedy = malformed ? "Give an interval such as '1 month', '7 days', '15 minutes' or 'daily', and a time in ISO form." : "";
	throw pg::failure(error->sqlerrcode, error->message, error->detail != nullptr ? error->detail : "", error->hint != nullptr ? error->hint : remedy);
}

void require_range_options(const set &settings)
{
	if (settings.premake < 0 || settings.premake > most_premade)
		refuse("premake", std::to_string(settings.premake), "It is a number of intervals from 0 to 10000.", "The usual value is 4.");
	if (settings.retain_partitions && *settings.retain_partitions < 1)
		refuse("retain_partitions", std::to_string(*settings.retain_partitions), "At least one partition is always kept.",
			   "Give a number of 1 or more, or NULL.");
	if (settings.retain_bytes && *settings.retain_bytes < 1)
		refuse("retain_bytes", std::to_string(*settings.retain_bytes), "At least one partition is always kept.",
			   "Give a number of bytes such as pg_size_bytes('500 GB'), or NULL.");
	require_readable(settings);
	require_retention_action(settings);
	require_archive_options(settings);
}

void require_lists(const set &settings)
{
	if (!settings.lists && !settings.auto_lists)
		refuse("lists", "NULL", "A LIST set needs the keys of each of its lists, or auto_lists.", lists_example);
	if (settings.auto_lists && settings.default_partition)
		refuse("auto_lists", "true", "With a default partition every key has one.", "Leave one of auto_lists and default_partition out.");
	if (!settings.lists)
		return;
	const pg::partition_table table(settings.parent);
	const std::string type = pg::format_type(table.key().type);
	const ErrorData *error = pg::attempt([&] { parse_lists(*settings.lists, table, pg::time_zone(settings.time_zone)); });
	if (error == nullptr)
		return;
	// The type's own error, but for the remedy.
	throw pg::failure(error->sqlerrcode, error->message, error->detail != nullptr ? error->detail : "The keys in lists are of type " + type + ".",
					  error->hint != nullptr ? error->hint : lists_example);
}

void require_modulus(const set &settings)
{
	if (!settings.modulus)
		refuse("modulus", "NULL", "A HASH set needs the number of its partitions.", "Give a number such as 16.");
	if (*settings.modulus < 1 || *settings.modulus > most_remainders)
		refuse("modulus", std::to_string(*settings.modulus), "It is a number of partitions from 1 to 100000.", "Give a number such as 16.");
	if (settings.default_partition)
		refuse("default_partition", "true", "A HASH set has a partition for every row.", "Leave default_partition out.");
	plan_remainders(settings, pg::partition_table(settings.parent));
}

void refuse_options_of_other_strategies(const set &settings)
{
	struct option {
		bool given;
		const char *name;
		const char *strategy;
	};
	const bool retains = settings.retention || settings.retain_partitions || settings.retain_bytes;
	const bool premakes = settings.premake != set().premake;
	const std::initializer_list<option> options{
		{settings.interval.has_value(), "partition_interval", "range"}, {settings.start_at.has_value(), "start_at", "range"},
		{premakes, "premake", "range"},
		{retains, "retention", "range"},								{settings.key_format != "native", "key_format", "range"},
		{settings.lists.has_value(), "lists", "list"},					{settings.modulus.has_value(), "modulus", "hash"},
		{settings.auto_lists, "auto_lists", "list"}};
	for (const option &other : options)
		if (other.given && settings.strategy != other.strategy)
			throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE,
							  std::string(other.name) + " does not go with a table partitioned by " + pg::upper_case(settings.strategy),
							  described(settings) + " is partitioned by " + pg::upper_case(settings.strategy) + ".",
							  std::string("Leave ") + other.name + " out; it is for tables partitioned by " + pg::upper_case(other.strategy) + ".");
}

} // namespace

void require_partitioned(Oid oid)
{
	const pg::relation parent(oid, AccessShareLock);
	const std::string name = pg::qualified_name(oid);
	const char kind = parent.form()->relkind;
	if (kind == RELKIND_PARTITIONED_TABLE)
		return;
	if (kind == RELKIND_RELATION)
		throw pg::failure(ERRCODE_WRONG_OBJECT_TYPE, "table \"" + name + "\" is not partitioned",
						  "Only a table made with PARTITION BY can have partitions.",
						  "Make one beside it: CREATE TABLE " + name_beside(oid) + " (LIKE " + name +
							  " INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (column);");
	throw pg::failure(ERRCODE_WRONG_OBJECT_TYPE, "\"" + name + "\" is not a partitioned table",
					  "Views, indexes, sequences and foreign tables cannot have partitions.",
					  "Name a table made with CREATE TABLE ... PARTITION BY RANGE (column).");
}

TimestampTz require_reference_time(const pg::arguments &arguments, int n)
{
	arguments.require(n, "reference_time");
	const TimestampTz time = DatumGetTimestampTz(arguments.datum(n));
	if (TIMESTAMP_NOT_FINITE(time))
		throw pg::failure(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "reference_time must be finite", "No interval holds infinity.",
						  "Leave reference_time out for the present.");
	return time;
}

void require_primary(const char *function)
{
	if (RecoveryInProgress())
		throw pg::failure(ERRCODE_READ_ONLY_SQL_TRANSACTION, std::string("cannot execute ") + function + " during recovery",
						  "This server is a standby.", "Call it on the primary; its partitions arrive here by replication.");
}

void require_manageable(Oid parent)
{
	const pg::relation open(parent, AccessShareLock);
	const std::string name = pg::qualified_name(parent);
	require_partitioned(parent);
	if (open.form()->relpersistence == RELPERSISTENCE_TEMP)
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "cannot manage temporary table \"" + name + "\"",
						  "Its partitions would vanish with the session.", "Use a permanent table.");
	const pg::partition_table table(parent);
	if (table.strategy() == pg::partition_strategy::range && table.key().columns > 1)
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "cannot manage a RANGE key of several columns",
						  "The key of \"" + name + "\" has " + std::to_string(table.key().columns) + " columns; no interval follows from a pair of values.",
						  "Partition by one column, and partition the partitions by the other if need be.");
}

void require_archive_target(const set &settings, const set &before)
{
	const bool same = settings.retention_action == before.retention_action && settings.archive_callback == before.archive_callback;
	if (same || settings.strategy != strategy_name(pg::partition_strategy::range))
		return;
	if (settings.archive_callback)
		require_callback(settings);
	else if (settings.retention_action == "archive")
		require_archive_directory();
}

void validate(const set &settings)
{
	refuse_options_of_other_strategies(settings);
	const pg::time_zone known(settings.time_zone);
	require_name_pattern(settings.name_pattern);
	if (settings.table_options)
		pg::require_table_options(*settings.table_options);
	require_no_row_security(settings);
	if (settings.strategy == "list")
		require_lists(settings);
	else if (settings.strategy == "hash")
		require_modulus(settings);
	else
		require_range_options(settings);
}

} // namespace partition
