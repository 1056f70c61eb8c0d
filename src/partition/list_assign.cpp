// list_assign.cpp: mosaic.list_assign(), more keys for a list.
//
// A row's partition follows from its key, so a key can only be given away
// while no other list has it.  Keys of rows in a default partition are taken;
// their partition is made when the default is drained.
#include "partition/list_assign.hpp"

#include "partition/apply.hpp"
#include "partition/lists.hpp"
#include "partition/scratch.hpp"
#include "partition/tree.hpp"
#include "pg/identity.hpp"
#include "pg/library.hpp"
#include "pg/naming.hpp"
#include "pg/rowset.hpp"

namespace partition {

namespace {

constinit pg::statement extended_lists(
	"SELECT pg_catalog.jsonb_set($1::pg_catalog.jsonb, ARRAY[$2], COALESCE($1::pg_catalog.jsonb -> $2, '[]') || pg_catalog.to_jsonb($3::text[]))");
constinit pg::statement array_elements("SELECT e FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY u(e, n) ORDER BY n");

[[noreturn]] void refuse_without_lists(Oid table, const set &level)
{
	throw pg::failure(ERRCODE_WRONG_OBJECT_TYPE, "\"" + pg::qualified_name(table) + "\" has no lists",
					  "It is partitioned by " + pg::upper_case(level.strategy) + ".", "Lists belong to tables made with PARTITION BY LIST (column).");
}

// Of a table below the parent its own level, else the uppermost with lists.
int level_meant(const set &whole, Oid table)
{
	if (table != whole.parent)
	{
		const std::optional<set> level = pg::is_partitioned(table) ? find_level(whole, table) : std::nullopt;
		if (!level)
			require_set(table); // which it has not
		if (level->strategy != "list")
			refuse_without_lists(table, *level);
		return level->depth;
	}
	for (int level = 1; level <= static_cast<int>(whole.levels.size()) + 1; ++level)
		if (level_numbered(whole, level).strategy == "list")
			return level;
	refuse_without_lists(table, whole);
}

std::vector<std::optional<std::string>> texts_of(const pg::value &keys)
{
	pg::spi spi;
	spi.execute(array_elements, {keys}, pg::spi::access::read_latest);
	std::vector<std::optional<std::string>> texts;
	for (uint64 n = 0; n < spi.size(); ++n)
		texts.push_back(spi[n].optional_text(1));
	if (texts.empty())
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "no keys given", "The array of keys is empty.", "Give at least one key, such as ARRAY['DE'].");
	return texts;
}

// Rows of a partition with one of these keys.
int64 rows_with(const std::vector<list_key> &keys, Oid parent, Oid partition)
{
	const pg::acting_as owner(pg::owner_of(parent));
	std::vector<list_key> values;
	for (const list_key &key : keys)
		if (!key.null)
			values.push_back(key);
	const std::string column = pg::partition_key_text(parent);
	std::string condition = values.empty() ? "false" : column + " IN (" + key_literals(values) + ")";
	if (values.size() < keys.size())
		condition += " OR " + column + " IS NULL";
	pg::spi spi;
	spi.execute("SELECT pg_catalog.count(*) FROM " + pg::qualified_name(partition) + " WHERE " + condition);
	return spi[0].int8(1);
}

std::string rows_text(Oid partition, int64 rows)
{
	return "Partition \"" + pg::qualified_name(partition) + "\" has " + std::to_string(rows) + (rows == 1 ? " row" : " rows") + " with ";
}

std::string quoted(const list_key &key)
{
	return key.null ? key.text : "\"" + key.text + "\"";
}

Oid partition_taking(const list_key &key, const pg::partition_table &table)
{
	const int n = key.null ? table.null_partition() : table.list_partition_of(key.datum);
	return n < 0 ? InvalidOid : table.partition(n);
}

void require_unassigned(const list_key &key, const std::vector<list> &lists, const pg::partition_table &table)
{
	const list *taken = list_with(key, lists, table);
	if (taken == nullptr)
		return;
	std::string detail = "It stands in list \"" + taken->name + "\".";
	if (const Oid partition = partition_taking(key, table); OidIsValid(partition))
		detail += " " + rows_text(partition, rows_with({key}, table.oid(), partition)) + "it.";
	throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "key " + quoted(key) + " has a list already", detail, "Leave it out: its rows would have to move.");
}

// The whole of what must hold, for one table of the level.
void require_assignable(const std::vector<list_key> &keys, const set &level)
{
	const pg::partition_table table(level.parent);
	std::vector<list> lists;
	if (level.lists)
		lists = parse_lists(*level.lists, table, pg::time_zone(level.time_zone));
	for (std::size_t n = 0; n < keys.size(); ++n)
	{
		require_unassigned(keys[n], lists, table);
		for (std::size_t before = 0; before < n; ++before)
			if (same_key(keys[before], keys[n], table))
				throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "key " + quoted(keys[n]) + " is given twice", {}, "Leave one of them out.");
	}
}

// The same where the level has no table yet: against one that it would have.
void require_assignable_later(const std::vector<std::optional<std::string>> &texts, const set &whole, int level)
{
	set settings = level_numbered(whole, level);
	const Oid like = table_above(whole, level);
	const pg::acting_as owner(pg::owner_of(like));
	settings.parent = make_scratch_table(like, settings.partition_by);
	require_assignable(parse_list_keys(texts, pg::partition_table(settings.parent), pg::time_zone(settings.time_zone)), settings);
	drop_scratch_table(settings.parent);
}

std::string extended(const std::optional<std::string> &lists, const std::string &name, const pg::value &keys)
{
	pg::spi spi;
	spi.execute(extended_lists, {pg::text_value(lists ? *lists : "{}"), pg::text_value(name), keys}, pg::spi::access::read_latest);
	return spi[0].output(1);
}

void extend_list(set &whole, int level, const std::string &name, const pg::value &keys)
{
	std::optional<std::string> &lists = level == 1 ? whole.lists : whole.levels[level - 2].lists;
	lists = extended(lists, name, keys);
	store_lists(whole.parent, level, *lists);
}

// The names of lists are what partitions are named by.
std::string list_name_of(const std::string &key)
{
	return key.empty() ? "empty" : key;
}

} // namespace

void give_list_of_its_own(const set &before, Oid table, const std::optional<std::string> &key)
{
	set whole = lock_set(before.root);
	const std::optional<set> level = find_level(whole, table);
	if (!level || !level->auto_lists)
		return;
	const pg::partition_table open(table);
	const std::vector<list_key> keys = parse_list_keys({key}, open, pg::time_zone(level->time_zone));
	const std::vector<list> lists = level->lists ? parse_lists(*level->lists, open, pg::time_zone(level->time_zone)) : std::vector<list>();
	if (list_with(keys.front(), lists, open) != nullptr)
		return;
	const pg::value array = pg::text_array_value({key ? std::optional(keys.front().text) : std::nullopt});
	extend_list(whole, level->depth, key ? list_name_of(keys.front().text) : "null", array);
}

std::vector<assigned> assign_to_list(Oid table, const std::string &name, const pg::value &keys)
{
	set whole = lock_set(set_around(table));
	const int level = level_meant(whole, table);
	if (name.empty())
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "a list needs a name", {}, "Its name becomes part of its partition's.");
	const std::vector<std::optional<std::string>> texts = texts_of(keys);
	const std::vector<Oid> tables = tables_of_level(whole, level);
	for (const Oid one : tables)
	{
		const set settings = level_of(whole, one);
		const std::vector<list_key> parsed = parse_list_keys(texts, pg::partition_table(one), pg::time_zone(settings.time_zone));
		require_assignable(parsed, settings);
	}
	if (tables.empty())
		require_assignable_later(texts, whole, level);
	extend_list(whole, level, name, keys);

	std::vector<set> levels;
	for (const Oid one : tables)
		levels.push_back(level_of(whole, one));
	std::vector<assigned> made;
	for (const applied &step : make_or_refuse(levels, {GetCurrentTransactionStartTimestamp()}))
		made.push_back({pg::relation_named(pg::schema_of(step.what.parent), step.what.name), step.what.lower});
	return made;
}

PG_FUNCTION(mosaic_list_assign)
{
	pg::require_same_series();
	const pg::arguments arguments(fcinfo);
	const Oid table = arguments.oid(0);
	pg::require_relation(table);
	pg::require_ownership(table);
	pg::require_ownership(set_around(table));
	pg::rowset rows(fcinfo);
	for (const assigned &one : assign_to_list(table, arguments.text(1), {TEXTARRAYOID, arguments.datum(2), false}))
		rows.add({pg::regclass_value(one.partition), pg::text_value(one.keys)});
	return Datum(0);
}

} // namespace partition
