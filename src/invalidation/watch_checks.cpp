// watch_checks.cpp: what can be watched, and how.
#include <algorithm>

#include "invalidation/watch_checks.hpp"

#include "core/key_template.hpp"
#include "pg/column.hpp"
#include "pg/expression.hpp"
#include "pg/hierarchy.hpp"
#include "pg/identity.hpp"
#include "pg/value.hpp"

namespace invalidation {

namespace {

[[noreturn]] void refuse_kind(const pg::relation &table, const char *what, const char *hint)
{
	throw pg::failure(ERRCODE_WRONG_OBJECT_TYPE, std::string("cannot watch \"") + table.name() + "\"",
					  std::string("It is ") + what + ".", hint);
}

void require_table_kind(const pg::relation &table)
{
	constexpr const char *watch_tables = "Watch the tables that its rows come from.";
	switch (table.form()->relkind)
	{
	case RELKIND_RELATION:
	case RELKIND_PARTITIONED_TABLE:
	case RELKIND_FOREIGN_TABLE:
		return;
	case RELKIND_VIEW:
		refuse_kind(table, "a view", watch_tables);
	case RELKIND_MATVIEW:
		refuse_kind(table, "a materialized view", watch_tables);
	default:
		refuse_kind(table, "not a table", "Only tables, partitioned or not, can be watched.");
	}
}

void require_user_table(const pg::relation &table)
{
	const Oid schema = table.form()->relnamespace;
	if (IsCatalogNamespace(schema) || IsToastNamespace(schema) || schema == pg::schema_oid())
		throw pg::failure(ERRCODE_INSUFFICIENT_PRIVILEGE, std::string("cannot watch \"") + table.name() + "\"",
						  "It is a system table.", "Only tables of users can be watched.");
}

// A child's rows can be changed through the parent without firing any of the
// parent's triggers.
void require_no_children(const pg::relation &table)
{
	if (table.form()->relkind == RELKIND_RELATION && pg::inheritance_tree(table.oid(), AccessShareLock).size() > 1)
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, std::string("cannot watch inheritance parent \"") + table.name() + "\"",
						  "An UPDATE or DELETE of the parent changes rows of its children without firing triggers of the parent.",
						  "Watch each child by itself, or use declarative partitioning.");
}

void require_own_table(const pg::relation &table)
{
	if (pg::owns(table.oid()))
		return;
	const std::string owner = pg::quoted_role(pg::owner_of(table.oid()));
	throw pg::failure(ERRCODE_INSUFFICIENT_PRIVILEGE, std::string("must be owner of table ") + table.name(),
					  "It belongs to " + owner + ".", "Have its owner watch it, or, where you may: SET ROLE " + owner + ";");
}

[[noreturn]] void refuse_argument(const std::string &message, const std::string &detail, const std::string &hint)
{
	throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, message, detail, hint);
}

[[noreturn]] void refuse_value(const char *argument, const std::string &value, const std::string &hint)
{
	refuse_argument(std::string("invalid value for argument \"") + argument + "\"", "The value is " + value + ".", hint);
}

void require_column(const pg::relation &table, const std::string &name)
{
	const auto column = pg::find_column(table.get(), name);
	if (!column)
		throw pg::failure(ERRCODE_UNDEFINED_COLUMN, "column \"" + name + "\" of relation \"" + table.name() + "\" does not exist",
						  "Its columns are " + pg::column_list(table.get()) + ".", "Write names as they are stored, without quotes.");
	if (column->virtual_generated)
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "cannot watch virtual generated column \"" + name + "\"",
						  "Its value is computed when it is read; a trigger does not see it.", "Name the columns it is computed from.");
}

std::vector<std::string> default_keys(const pg::relation &table)
{
	std::string key = core::escape_template_literal(table.name());
	const std::vector<std::string> columns = pg::primary_key(table.get());
	if (columns.empty())
		refuse_argument(std::string("table \"") + table.name() + "\" has no primary key",
						  "Without one there is no key to report by itself.",
						  std::string("Say how keys are made: mosaic.watch('") + table.name() + "', keys => ARRAY['" + table.name() +
							  ":{column}'])");
	for (const std::string &column : columns)
		key += ":{" + column + "}";
	return {key};
}

std::vector<core::template_part> parse(const std::string &key)
{
	try
	{
		return core::parse_key_template(key);
	}
	catch (const core::template_error &e)
	{
		refuse_argument("invalid key template \"" + key + "\"",
						  std::string("Parsing says: ") + e.what() + ".",
						  "Write column names in braces, as in 'user:{id}' or 'org:{org_id|url}:users'; a literal brace is doubled.");
	}
}

} // namespace

void require_watchable(const pg::relation &table)
{
	require_table_kind(table);
	require_user_table(table);
	if (table.form()->relpersistence == RELPERSISTENCE_TEMP)
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, std::string("cannot watch temporary table \"") + table.name() + "\"",
						  "Other sessions do not see its rows, and so no cache holds them.", "Watch a permanent or an unlogged table.");
	require_own_table(table);
	require_no_children(table);
}

void settle_keys(watch &w, const pg::relation &table, bool keys_given)
{
	if (!keys_given)
		w.keys = default_keys(table);
	if (w.keys.empty())
		refuse_value("keys", "{}", "Leave it out for keys made of the primary key.");
	for (const std::string &key : w.keys)
		for (const core::template_part &part : parse(key))
		{
			if (part.column.empty())
				continue;
			require_column(table, part.column);
			if (std::find(w.key_columns.begin(), w.key_columns.end(), part.column) == w.key_columns.end())
				w.key_columns.push_back(part.column);
		}
}

void require_columns(const std::vector<std::string> &names, const pg::relation &table)
{
	for (const std::string &name : names)
		require_column(table, name);
}

void require_condition(const std::string &when)
{
	if (when.find("{row}") == std::string::npos)
		refuse_argument("condition \"" + when + "\" does not look at the row", "There is no {row} in it.", condition_hint);
	std::string probe = when;
	for (std::size_t at; (at = probe.find("{row}")) != std::string::npos;)
		probe.replace(at, 5, "NEW");
	bool one = false;
	const ErrorData *error = pg::attempt([&] { one = pg::is_one_expression(probe); });
	if (!one)
		throw pg::failure(ERRCODE_SYNTAX_ERROR, "condition \"" + when + "\" is not one expression",
						  error != nullptr ? std::string("The parser says: ") + error->message + "." : "It is more than one, or something besides.", condition_hint);
}

void require_max_keys(std::optional<int32> max_keys)
{
	if (max_keys && *max_keys < 0)
		refuse_value("max_keys", std::to_string(*max_keys), "Leave it out for mosaic.max_keys; with 0 every change is of the whole table.");
}

std::string require_ops(const std::string &ops)
{
	if (ops.empty() || ops.find_first_not_of("iudt") != std::string::npos)
		refuse_value("ops", "\"" + ops + "\"", "Use letters of 'iudt': i for INSERT, u for UPDATE, d for DELETE, t for TRUNCATE.");
	return ops;
}

// Type name has already cut a longer one, and two that were cut would be the
// same channel.
void require_channel(const std::string &channel)
{
	if (channel.empty())
		refuse_value("channel", "\"\"", "Leave it out for channel \"cache_invalidation\".");
	if (channel.size() >= NAMEDATALEN - 1)
		refuse_argument("channel name is too long",
						  "A name of " + std::to_string(channel.size()) + " bytes may be the beginning of a longer one: \"" + channel + "\".",
						  "Use at most " + std::to_string(NAMEDATALEN - 2) + " bytes.");
}

bool require_mode(const std::string &mode)
{
	if (mode != "outbox" && mode != "direct")
		refuse_value("mode", "\"" + mode + "\"", "Use 'outbox' (nothing is missed) or 'direct' (NOTIFY at commit, at most once).");
	return mode == "direct";
}

core::payload_kind require_payload(const std::string &payload)
{
	const auto kind = payload_named(payload);
	if (!kind)
		refuse_value("payload", "\"" + payload + "\"", "Use 'keys', 'row', 'hashed' or 'doorbell'.");
	return *kind;
}

} // namespace invalidation
