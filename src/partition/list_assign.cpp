// list_assign.cpp: mosaic.list_assign(), more keys for a list.
#include "partition/apply.hpp"
#include "partition/lists.hpp"
#include "partition/validate.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"
#include "pg/rowset.hpp"

namespace partition {

namespace {

// Two assignments at once would each write the lists without the other's.
constinit pg::statement lock_set("SELECT FROM mosaic.partition_set WHERE parent = $1 FOR UPDATE");
constinit pg::statement extended_lists(
	"SELECT pg_catalog.jsonb_set($1::pg_catalog.jsonb, ARRAY[$2], COALESCE($1::pg_catalog.jsonb -> $2, '[]') || pg_catalog.to_jsonb($3::text[]))");
constinit pg::statement array_elements("SELECT e FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY u(e, n) ORDER BY n");

set lock_list_set(Oid parent)
{
	pg::require_ownership(parent);
	require_set(parent);
	{
		const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
		pg::spi().execute(lock_set, {pg::regclass_value(parent)});
	}
	const set settings = require_set(parent).settings;
	if (!settings.lists)
		throw pg::failure(ERRCODE_WRONG_OBJECT_TYPE, "\"" + pg::qualified_name(parent) + "\" has no lists",
						  "It is partitioned by " + pg::upper_case(settings.strategy) + ".", "Lists belong to tables made with PARTITION BY LIST (column).");
	return settings;
}

std::vector<list_key> parse_keys(const pg::value &keys, const pg::partition_table &table)
{
	MemoryContext const keys_live_here = CurrentMemoryContext;
	pg::spi spi;
	spi.execute(array_elements, {keys}, pg::spi::access::read_only);
	const pg::memory_switch outside(keys_live_here);
	std::vector<list_key> parsed;
	for (uint64 n = 0; n < spi.size(); ++n)
		parsed.push_back(parse_list_key(spi[n].optional_text(1), table));
	if (parsed.empty())
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "no keys given", "The array of keys is empty.", "Give at least one key, such as ARRAY['DE'].");
	return parsed;
}

// A row that the default partition holds would have to move.
void require_no_rows_in_default(const std::vector<list_key> &keys, const set &settings, Oid default_partition)
{
	if (!OidIsValid(default_partition))
		return;
	const pg::acting_as owner(pg::owner_of(settings.parent));
	std::vector<list_key> values;
	bool null = false;
	for (const list_key &key : keys)
		if (key.null)
			null = true;
		else
			values.push_back(key);
	const std::string column = pg::partition_key_text(settings.parent);
	std::string condition = values.empty() ? "false" : column + " IN (" + key_literals(values) + ")";
	if (null)
		condition += " OR " + column + " IS NULL";
	pg::spi spi;
	spi.execute("SELECT pg_catalog.count(*) FROM " + pg::qualified_name(default_partition) + " WHERE " + condition, {}, pg::spi::access::read_only);
	const int64 rows = spi[0].int8(1);
	if (rows > 0)
		throw pg::failure(ERRCODE_CHECK_VIOLATION, "rows with these keys are in another partition",
						  "Partition \"" + pg::qualified_name(default_partition) + "\" has " + std::to_string(rows) + " rows with keys of " + key_texts(keys) + ".",
						  "Move them out of the default partition first.");
}

std::string extended(const std::string &lists, const std::string &name, const pg::value &keys)
{
	pg::spi spi;
	spi.execute(extended_lists, {pg::text_value(lists), pg::text_value(name), keys}, pg::spi::access::read_only);
	return spi[0].output(1);
}

} // namespace

PG_FUNCTION(mosaic_list_assign)
{
	const pg::arguments arguments(fcinfo);
	const Oid parent = arguments.oid(0);
	const pg::value keys{TEXTARRAYOID, arguments.datum(2), false};
	set settings = lock_list_set(parent);
	settings.lists = extended(*settings.lists, arguments.text(1), keys);
	{
		const pg::partition_table table(parent);
		parse_lists(*settings.lists, table); // refuses a key that some list has
		require_no_rows_in_default(parse_keys(keys, table), settings, table.default_partition());
	}
	store_lists(parent, *settings.lists);

	pg::rowset rows(fcinfo);
	for (const applied &made : make_or_refuse(settings, {GetCurrentTransactionStartTimestamp()}))
		rows.add({pg::regclass_value(pg::relation_named(pg::schema_of(parent), made.what.name)), pg::text_value(made.what.lower)});
	return Datum(0);
}

} // namespace partition
