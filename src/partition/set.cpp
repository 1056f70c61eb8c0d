// set.cpp: reading and writing mosaic.partition_set.
//
// The catalog is read and written with the rights of the extension's owner:
// who may see or change which set was decided before, by row security for a
// user's own statements and by an ownership check in every function.
#include "partition/set.hpp"

#include "partition/guards.hpp"
#include "pg/identity.hpp"

namespace partition {

namespace {

// In the order of the table's columns: the validating trigger reads NEW by it.
#define SET_COLUMNS \
	"parent, strategy, partition_interval, premake, start_at, key_format, time_zone, default_partition, retention, " \
	"retention_action, retention_schema, retention_tablespace, retain_partitions, retain_bytes, cooldown, archive_callback, archive_format, " \
	"archive_compression, create_paused, retain_paused, " \
	"name_pattern, table_options, inherit_privileges, lists, modulus, auto_lists, drain_default"

constexpr int set_columns = 27;

#define SET_STATE \
	"EXISTS (SELECT FROM mosaic.retention_confirmed c WHERE c.parent = s.parent), " \
	"EXISTS (SELECT FROM mosaic.retiring_partition r WHERE r.root = s.parent) " \
	"OR EXISTS (SELECT FROM mosaic.partition_ledger l WHERE l.root = s.parent AND (l.state IN ('blocked', 'verified') OR l.state = 'detached' AND l.drop_after IS NOT NULL)) " \
	"OR EXISTS (SELECT FROM mosaic.partition_hold h WHERE h.root = s.parent), " \
	"EXISTS (SELECT FROM mosaic.partition_level l WHERE l.parent = s.parent), " \
	"(SELECT f.next_try FROM mosaic.partition_failure f WHERE f.parent = s.parent AND f.work = 'create'), " \
	"(SELECT f.next_try FROM mosaic.partition_failure f WHERE f.parent = s.parent AND f.work = 'retain'), " \
	"g.system_identifier, g.database, g.noted_at, g.server_started, g.steady_clock"

#define SET_TABLES "mosaic.partition_set s LEFT JOIN mosaic.retention_guard g USING (parent)"

constinit pg::statement select_one("SELECT " SET_COLUMNS ", " SET_STATE " FROM " SET_TABLES " WHERE parent = $1");
constinit pg::statement select_all("SELECT " SET_COLUMNS ", " SET_STATE " FROM " SET_TABLES " ORDER BY parent");
constinit pg::statement select_parents("SELECT parent FROM mosaic.partition_set ORDER BY parent");
constinit pg::statement insert_one("INSERT INTO mosaic.partition_set (parent, strategy, partition_interval, premake, start_at, "
								   "key_format, time_zone, default_partition, retention, lists, modulus, name_pattern, auto_lists) "
								   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13) ON CONFLICT (parent) DO NOTHING");
constinit pg::statement lock_one("SELECT FROM mosaic.partition_set WHERE parent = $1 FOR UPDATE");
constinit pg::statement update_lists("UPDATE mosaic.partition_set SET lists = $2::jsonb WHERE parent = $1");
constinit pg::statement update_level_lists("UPDATE mosaic.partition_level SET lists = $2::jsonb WHERE parent = $1 AND level = $3");
constinit pg::statement update_modulus("UPDATE mosaic.partition_set SET modulus = $2 WHERE parent = $1");
constinit pg::statement update_level_modulus("UPDATE mosaic.partition_level SET modulus = $2 WHERE parent = $1 AND level = $3");
constinit pg::statement select_levels("SELECT " SET_COLUMNS ", partition_by FROM mosaic.partition_level WHERE parent = $1 ORDER BY level");
constinit pg::statement insert_level_row("INSERT INTO mosaic.partition_level (parent, level, partition_by, strategy, partition_interval, premake, "
										 "start_at, key_format, time_zone, default_partition, retention, lists, modulus, name_pattern, auto_lists) "
										 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14, $15)");
constinit pg::statement delete_one("WITH levels AS (DELETE FROM mosaic.partition_level WHERE parent = $1), failure AS (DELETE FROM mosaic.partition_failure WHERE parent = $1), "
								   "confirmation AS (DELETE FROM mosaic.retention_confirmed WHERE parent = $1), "
								   "retiring AS (DELETE FROM mosaic.retiring_partition WHERE root = $1), "
								   "growing AS (DELETE FROM mosaic.growing_partition WHERE root = $1), "
								   "guard AS (DELETE FROM mosaic.retention_guard WHERE parent = $1), "
								   "held AS (DELETE FROM mosaic.partition_hold WHERE root = $1) "
								   "DELETE FROM mosaic.partition_set WHERE parent = $1");

std::vector<set> levels_of(Oid parent)
{
	pg::spi spi;
	spi.execute(select_levels, {pg::regclass_value(parent)}, pg::spi::access::read_latest);
	std::vector<set> levels;
	for (uint64 n = 0; n < spi.size(); ++n)
	{
		levels.push_back(set_from(spi[n]));
		levels.back().partition_by = spi[n].text(set_columns + 1);
	}
	return levels;
}

std::optional<TimestampTz> optional_time(const pg::row &row, int column)
{
	return row.null(column) ? std::nullopt : std::optional<TimestampTz>(DatumGetTimestampTz(row.datum(column)));
}

set_state state_from(const pg::row &row)
{
	set_state state;
	state.settings = set_from(row);
	state.confirmed = row.boolean(set_columns + 1);
	state.retiring = row.boolean(set_columns + 2);
	const bool has_levels = row.boolean(set_columns + 3);
	state.create_retry = optional_time(row, set_columns + 4);
	state.retain_retry = optional_time(row, set_columns + 5);
	if (const int note = set_columns + 6; !row.null(note))
		state.noted = {row.int8(note), row.oid(note + 1), DatumGetTimestampTz(row.datum(note + 2)), DatumGetTimestampTz(row.datum(note + 3)),
					   row.int8(note + 4)};
	if (has_levels)
		state.settings.levels = levels_of(state.settings.parent);
	return state;
}

} // namespace

set level_below(const set &settings, Oid partition)
{
	set below = settings.levels.front();
	below.parent = partition;
	below.root = settings.root;
	below.depth = settings.depth + 1;
	below.levels.assign(settings.levels.begin() + 1, settings.levels.end());
	if (!below.table_options)
		below.table_options = settings.table_options; // only leaves have any
	return below;
}

const set &level_numbered(const set &whole, int level)
{
	return level == 1 ? whole : whole.levels[level - 2];
}

std::optional<set> find_level(const set &whole, Oid table)
{
	if (table == whole.parent)
		return whole;
	if (!OidIsValid(table))
		return std::nullopt;
	const std::optional<set> above = find_level(whole, pg::parent_of(table));
	if (!above || above->levels.empty())
		return std::nullopt;
	return level_below(*above, table);
}

set level_of(const set &whole, Oid table)
{
	if (std::optional<set> found = find_level(whole, table))
		return *std::move(found);
	throw pg::failure(ERRCODE_UNDEFINED_TABLE, "a partitioned partition of \"" + pg::qualified_name(whole.parent) + "\" is gone",
					  "Its OID was " + std::to_string(table) + ".");
}

std::string described(const set &settings)
{
	const std::string name = "\"" + pg::qualified_name(settings.root) + "\"";
	return settings.depth == 1 ? name : "Level " + std::to_string(settings.depth) + " of " + name;
}

const char *const list_name_pattern = "{parent}_{bound}";

const char *strategy_name(pg::partition_strategy strategy)
{
	switch (strategy)
	{
	case pg::partition_strategy::range:
		return "range";
	case pg::partition_strategy::list:
		return "list";
	case pg::partition_strategy::hash:
		return "hash";
	}
	return nullptr;
}

// NOT NULL is checked after the trigger that reads the row.
static void require_values(const pg::row &row)
{
	struct needed {
		int column;
		const char *name;
	};
	for (const needed &text : {needed{1, "parent"}, needed{2, "strategy"}, needed{6, "key_format"}, needed{7, "time_zone"}, needed{10, "retention_action"}, needed{15, "cooldown"},
							   needed{17, "archive_format"}, needed{18, "archive_compression"}, needed{21, "name_pattern"}})
		if (row.null(text.column))
			throw pg::failure(ERRCODE_NOT_NULL_VIOLATION,
							  std::string("null value in column \"") + text.name + "\" of relation \"partition_set\" violates not-null constraint");
}

set set_from(const pg::row &row)
{
	require_values(row);
	set result;
	int column = 0;
	result.parent = row.oid(++column);
	result.root = result.parent;
	result.strategy = row.text(++column);
	result.interval = row.optional_text(++column);
	result.premake = row.int4(++column);
	result.start_at = row.optional_text(++column);
	result.key_format = row.text(++column);
	result.time_zone = row.text(++column);
	result.default_partition = row.boolean(++column);
	result.retention = row.optional_text(++column);
	result.retention_action = row.text(++column);
	result.retention_schema = row.optional_text(++column);
	result.retention_tablespace = row.optional_text(++column);
	if (!row.null(++column))
		result.retain_partitions = row.int4(column);
	if (!row.null(++column))
		result.retain_bytes = row.int8(column);
	result.cooldown = row.output(++column);
	result.cools_down = pg::is_positive(row.datum(column));
	result.archive_callback = row.optional_text(++column);
	result.archive_format = row.text(++column);
	result.archive_compression = row.text(++column);
	result.create_paused = row.boolean(++column);
	result.retain_paused = row.boolean(++column);
	result.name_pattern = row.text(++column);
	if (!row.null(++column))
		result.table_options = row.output(column);
	result.inherit_privileges = row.boolean(++column);
	if (!row.null(++column))
		result.lists = row.output(column);
	if (!row.null(++column))
		result.modulus = row.int4(column);
	result.auto_lists = row.boolean(++column);
	result.drain_default = row.boolean(++column);
	return result;
}

int level_number(const pg::row &row)
{
	return row.int4(set_columns + 1);
}

std::optional<set_state> find_set(Oid parent)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute(select_one, {pg::regclass_value(parent)}, pg::spi::access::read_latest);
	return spi.size() == 0 ? std::nullopt : std::optional(state_from(spi[0]));
}

set_state require_set(Oid parent)
{
	if (std::optional<set_state> found = find_set(parent))
		return *std::move(found);
	const std::string name = pg::qualified_name(parent);
	if (!OidIsValid(pg::owner_of(parent)))
		throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "no managed parent has the OID " + name);
	throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "\"" + name + "\" is not a managed parent", {},
					  "Manage it with: SELECT mosaic.create_parent(" + pg::quoted_literal(name.c_str()) + ", ...);");
}

void require_parent(Oid parent)
{
	if (!OidIsValid(pg::owner_of(parent)))
		throw pg::failure(ERRCODE_UNDEFINED_TABLE, "the parent of the set no longer exists", "Its OID was " + std::to_string(parent) + ".",
						  "Forget the set with: SELECT mosaic.drop_parent(" + std::to_string(parent) + ");");
}

set lock_set(Oid parent)
{
	require_set(parent);
	{
		const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
		pg::spi().execute(lock_one, {pg::regclass_value(parent)});
	}
	return require_set(parent).settings; // somebody may have changed it while the lock was waited for
}

std::vector<set_state> all_sets()
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute(select_all, {}, pg::spi::access::read_latest);
	std::vector<set_state> sets;
	for (uint64 n = 0; n < spi.size(); ++n)
		sets.push_back(state_from(spi[n]));
	return sets;
}

std::vector<Oid> all_parents()
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute(select_parents, {}, pg::spi::access::read_latest);
	std::vector<Oid> parents;
	for (uint64 n = 0; n < spi.size(); ++n)
		parents.push_back(spi[n].oid(1));
	return parents;
}

static constinit bool inserting = false;

bool inserting_set()
{
	return inserting;
}

// Unwinding resets it as well.
class insertion {
public:
	insertion() { inserting = true; }
	~insertion() { inserting = false; }
	insertion(const insertion &) = delete;
	insertion &operator=(const insertion &) = delete;
};

bool insert_set(const set &row)
{
	const insertion ours;
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	const bool inserted = spi.execute(insert_one,
				{pg::regclass_value(row.parent), pg::text_value(row.strategy), pg::optional_text_value(row.interval),
				 pg::int4_value(row.premake), pg::optional_text_value(row.start_at), pg::text_value(row.key_format),
				 pg::text_value(row.time_zone), pg::bool_value(row.default_partition), pg::optional_text_value(row.retention),
				 pg::optional_text_value(row.lists), row.modulus ? pg::int4_value(*row.modulus) : pg::null_of(INT4OID),
				 pg::text_value(row.name_pattern), pg::bool_value(row.auto_lists)}) > 0;
	if (inserted)
		note_guard(row.parent);
	return inserted;
}

void insert_level(const set &row, Oid parent, int level)
{
	const insertion ours;
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi().execute(insert_level_row,
					  {pg::regclass_value(parent), pg::int4_value(level), pg::text_value(row.partition_by), pg::text_value(row.strategy),
					   pg::optional_text_value(row.interval), pg::int4_value(row.premake), pg::optional_text_value(row.start_at),
					   pg::text_value(row.key_format), pg::text_value(row.time_zone), pg::bool_value(row.default_partition),
					   pg::optional_text_value(row.retention), pg::optional_text_value(row.lists),
					   row.modulus ? pg::int4_value(*row.modulus) : pg::null_of(INT4OID), pg::text_value(row.name_pattern),
					   pg::bool_value(row.auto_lists)});
}

void store_lists(Oid parent, int level, const std::string &json)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	if (level == 1)
		pg::spi().execute(update_lists, {pg::regclass_value(parent), pg::text_value(json)});
	else
		pg::spi().execute(update_level_lists, {pg::regclass_value(parent), pg::text_value(json), pg::int4_value(level)});
}

void store_modulus(Oid parent, int level, int modulus)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	if (level == 1)
		pg::spi().execute(update_modulus, {pg::regclass_value(parent), pg::int4_value(modulus)});
	else
		pg::spi().execute(update_level_modulus, {pg::regclass_value(parent), pg::int4_value(modulus), pg::int4_value(level)});
}

void delete_set(Oid parent)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute(delete_one, {pg::regclass_value(parent)});
}

} // namespace partition
