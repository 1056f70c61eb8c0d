// import_partman.cpp: mosaic.import_partman().
//
// A set of pg_partman is a row of part_config, and where its partitions are
// partitioned further a row of part_config_sub and one of part_config for each
// of these tables.  It becomes one row of mosaic.partition_set, with its
// levels; the partitions are adopted as any others are, so importing changes
// no table and takes no lock beyond ACCESS SHARE.
#include <algorithm>

#include "partition/partman_settings.hpp"
#include "partition/tree.hpp"
#include "partition/validate.hpp"
#include "pg/identity.hpp"
#include "pg/partition_clause.hpp"
#include "pg/rowset.hpp"

namespace partition {

namespace {

// What insert_set() and insert_level() leave at its default.
constinit pg::statement update_set(
	"UPDATE mosaic.partition_set SET retention_action = $2, retention_schema = $3, create_paused = $4, retain_paused = $4, name_pattern = $5, "
	"table_options = $6::text[], inherit_privileges = $7 WHERE parent = $1");
constinit pg::statement update_level(
	"UPDATE mosaic.partition_level SET retention_action = $2, retention_schema = $3, create_paused = $4, retain_paused = $4, name_pattern = $5, "
	"table_options = $6::text[], inherit_privileges = $7 WHERE parent = $1 AND level = $8");

[[noreturn]] void refuse(const std::string &why, const std::string &detail, const std::string &hint)
{
	throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, why, detail, hint);
}

std::string quoted_name(Oid table)
{
	return pg::quoted_literal(pg::qualified_name(table).c_str());
}

// The partitioned ones among the partitions of tables.
std::vector<Oid> partitioned_below(const std::vector<Oid> &tables)
{
	std::vector<Oid> below;
	for (const Oid parent : tables)
	{
		const pg::partition_table table(parent);
		for (int n = 0; n < table.count(); ++n)
			if (!table.leaf(n))
				below.push_back(table.partition(n));
	}
	return below;
}

// One set on its way from pg_partman's configuration to ours.
class imported_set {
public:
	imported_set(const partman_config &config, Oid parent, TimestampTz now, findings &found)
		: config_(config), parent_(parent), now_(now), found_(found)
	{
	}

	void take_over(bool disable)
	{
		if (const std::optional<set_state> managed = find_set(parent_))
		{
			say("parent_table", partman_name(parent_), refused,
				"It is managed already. Forget it by mosaic.drop_parent() to import it anew.");
			return leave_to_us(disable, managed->settings.create_paused);
		}
		const set imported = read_and_insert();
		leave_to_us(disable, imported.create_paused);
	}

private:
	void say(const char *setting, const std::optional<std::string> &value, const std::string &outcome, const std::string &detail)
	{
		found_.push_back({parent_, setting, value, outcome, detail});
	}

	set read_and_insert()
	{
		const partman_row &row = *config_.set_of(parent_);
		require_at_rest(row);
		if (row.is("partition_type", "partman") || row.is("partition_type", "time-custom"))
			refuse("the set is partitioned by inheritance and triggers", "Its partition_type is " + row.text("partition_type") + ".",
				   "Make it a natively partitioned table first, as pg_partman's own guide shows.");
		require_manageable(parent_);
		say_found();
		set base;
		base.parent = base.root = parent_;
		const set whole = settings_from({parent_, "", row, {parent_}}, base, now_, found_);
		const std::vector<set> levels = read_levels(whole);
		if (!insert_set(whole))
			refuse("the table has just been managed by another session", {}, "Look at it in mosaic.partition_set.");
		write_rest(update_set, whole, 1);
		for (const set &level : levels)
		{
			insert_level(level, parent_, level.depth);
			write_rest(update_level, level, level.depth);
		}
		return whole;
	}

	// While its rows are on the move they are in none of its partitions.
	static void require_at_rest(const partman_row &row)
	{
		if (row.is("undo_in_progress", "true") || row.get("async_partitioning_in_progress"))
			refuse("pg_partman is moving rows of \"" + row.table + "\"", "undo_in_progress or async_partitioning_in_progress is set.",
				   "Let it finish, or clear the column.");
	}

	void say_found()
	{
		const pg::partition_table table(parent_);
		std::string text = std::to_string(table.bounded()) + (table.bounded() == 1 ? " partition" : " partitions");
		if (OidIsValid(table.default_partition()))
			text += " and a default partition";
		say("parent_table", partman_name(parent_), taken_over, "With " + text + ", as they are.");
	}

	void write_rest(pg::statement &statement, const set &row, int level) const
	{
		const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
		const std::initializer_list<pg::value> values{
			pg::regclass_value(parent_), pg::text_value(row.retention_action), pg::optional_text_value(row.retention_schema),
			pg::bool_value(row.create_paused), pg::text_value(row.name_pattern), pg::optional_text_value(row.table_options),
			pg::bool_value(row.inherit_privileges), pg::int4_value(level)};
		pg::spi().execute(statement, values);
	}

	// Levels

	std::vector<set> read_levels(const set &whole)
	{
		std::vector<set> levels;
		std::vector<Oid> above{parent_};
		std::vector<std::string> keys{config_.set_of(parent_)->text("control")};
		for (std::optional<partman_level> level = level_below_of(above); level; level = level_below_of(above))
		{
			if (std::find(keys.begin(), keys.end(), level->row.text("control")) != keys.end())
				refuse("two levels have the same key", "The partitions of \"" + partman_name(level->about) + "\" are partitioned by " + level->row.text("control") + " once more.",
					   "There is no equivalent; use narrower partitions, or leave the set with pg_partman.");
			keys.push_back(level->row.text("control"));
			set base;
			base.parent = base.root = parent_;
			base.depth = whole.depth + static_cast<int>(keys.size()) - 1;
			levels.push_back(settings_from(*level, base, now_, found_));
			levels.back().partition_by = pg::partition_clause_of(level->tables.front());
			above = level->tables;
		}
		return levels;
	}

	// The level below these tables: what part_config_sub says of them, which
	// must be the same for all, and the tables that have it.
	std::optional<partman_level> level_below_of(const std::vector<Oid> &above)
	{
		const partman_row *rule = nullptr;
		Oid about = InvalidOid;
		for (const Oid table : above)
			if (const partman_row *found = config_.sub_of(table))
			{
				rule = found;
				about = table;
				break;
			}
		if (rule == nullptr)
			return std::nullopt;
		partman_level level{about, "sub_", *rule, partitioned_below(above)};
		if (level.tables.empty())
			refuse("no partition has the further level that pg_partman knows of", "Its rule is that of \"" + rule->table + "\" in part_config_sub.",
				   "Delete that row where it is out of date.");
		const std::string clause = pg::partition_clause_of(level.tables.front());
		for (const Oid table : level.tables)
			if (pg::partition_clause_of(table) != clause)
				refuse("partitions of one level are partitioned in several ways",
					   "\"" + pg::qualified_name(table) + "\" is not partitioned by " + clause + ".", "Make them alike, or leave the set with pg_partman.");
		agree(level);
		return level;
	}

	// What pg_partman does in each of these tables stands in a row of its own,
	// and need not be what part_config_sub says.  Nothing is retired by a rule
	// that does not hold for all of them.
	void agree(partman_level &level)
	{
		int off = 0;
		for (const Oid table : level.tables)
			if (const partman_row *own = config_.set_of(table))
			{
				require_at_rest(*own);
				off += own->is("automatic_maintenance", "off");
			}
		level.row.values["automatic_maintenance"] = off == static_cast<int>(level.tables.size()) ? "off" : "on";
		const partman_row *first = config_.set_of(level.tables.front());
		const auto same = [&](const char *column) {
			return first != nullptr && std::all_of(level.tables.begin(), level.tables.end(), [&](Oid table) {
				const partman_row *own = config_.set_of(table);
				return own != nullptr && own->get(column) == first->get(column);
			});
		};
		if (same("retention") && same("retention_keep_table") && same("retention_schema"))
			return take(level, *first);
		found_.push_back({level.about, "sub_retention", level.row.get("retention"), refused,
						  "part_config does not say the same of all " + std::to_string(level.tables.size()) +
							  " tables of the level, so nothing is retired there; UPDATE mosaic.partition_level where that is meant."});
		level.row.values.erase("retention");
	}

	void take(partman_level &level, const partman_row &own)
	{
		if (own.get("retention") != level.row.get("retention"))
			found_.push_back({level.about, "sub_retention", level.row.get("retention"), refused,
							  "part_config has " + own.get("retention").value_or("no retention") + " for the tables of the level, and that is what pg_partman does."});
		for (const char *column : {"retention", "retention_keep_table", "retention_schema"})
		{
			level.row.values.erase(column);
			if (const std::optional<std::string> value = own.get(column))
				level.row.values[column] = *value;
		}
	}

	// From now on

	std::vector<Oid> tables_kept() const
	{
		std::vector<Oid> tables{parent_};
		for (std::vector<Oid> below = partitioned_below(tables); !below.empty(); below = partitioned_below(below))
			tables.insert(tables.end(), below.begin(), below.end());
		return tables;
	}

	void leave_to_us(bool disable, bool paused)
	{
		const bool on = config_.set_of(parent_)->is("automatic_maintenance", "on");
		const std::string now_off = "Off in pg_partman";
		if (disable)
			config_.disable(tables_kept());
		if (!on)
			say("automatic_maintenance", "off", taken_over, paused ? now_off + ": the set is paused. UPDATE mosaic.partition_set SET create_paused = false, retain_paused = false WHERE parent = " +
				quoted_name(parent_) + "::regclass;" : now_off + ".");
		else if (disable)
			say("automatic_maintenance", "on", taken_over, now_off + " from now on.");
		else
			say("automatic_maintenance", "on", taken_over,
				"pg_partman goes on as well, and fails where it comes second. SELECT mosaic.import_partman(" + quoted_name(parent_) + ", disable => true);");
	}

	const partman_config &config_;
	Oid parent_;
	TimestampTz now_;
	findings &found_;
};

// The set of which this table is a level; InvalidOid where it is a set itself.
Oid set_above(const partman_config &config, Oid table)
{
	Oid above = InvalidOid;
	for (Oid at = pg::parent_of(table); OidIsValid(at) && config.sub_of(at) != nullptr; at = pg::parent_of(at))
		above = at;
	return above;
}

void import_one(const partman_config &config, Oid parent, bool disable, findings &found)
{
	pg::require_ownership(parent);
	imported_set(config, parent, GetCurrentTransactionStartTimestamp(), found).take_over(disable);
}

void import_named(const partman_config &config, Oid parent, bool disable, findings &found)
{
	pg::require_relation(parent);
	if (config.set_of(parent) == nullptr)
		throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "\"" + pg::qualified_name(parent) + "\" is not in pg_partman's configuration",
						  config.name() + " has no row for it.", "The sets that it has: SELECT parent_table FROM " + config.name() + ";");
	if (const Oid above = set_above(config, parent); OidIsValid(above))
		throw pg::failure(ERRCODE_WRONG_OBJECT_TYPE, "\"" + pg::qualified_name(parent) + "\" is a level of another set",
						  "It is a partition of a set that pg_partman partitions further.", "SELECT mosaic.import_partman(" + quoted_name(above) + ");");
	import_one(config, parent, disable, found);
}

// What is wrong with one set is said in its row.
void import_all(const partman_config &config, bool disable, findings &found)
{
	for (const auto &[name, row] : config.sets())
	{
		pg::check_for_interrupts();
		const Oid parent = partman_table(name);
		if (!OidIsValid(parent))
			found.push_back({InvalidOid, "parent_table", name, refused, "The table does not exist."});
		else if (!OidIsValid(set_above(config, parent)))
		{
			findings of_set;
			if (const ErrorData *error = pg::attempt([&] { import_one(config, parent, disable, of_set); }))
				of_set = {{parent, "parent_table", name, refused, error->message + (error->detail != nullptr ? std::string(": ") + error->detail : "")}};
			found.insert(found.end(), of_set.begin(), of_set.end());
		}
	}
}

} // namespace

PG_FUNCTION(mosaic_import_partman)
{
	const pg::arguments arguments(fcinfo);
	arguments.require(1, "disable");
	require_primary("mosaic.import_partman()");
	const partman_config config;
	findings found;
	if (arguments.null(0))
		import_all(config, arguments.boolean(1), found);
	else
		import_named(config, arguments.oid(0), arguments.boolean(1), found);
	pg::rowset rows(fcinfo);
	for (const finding &row : found)
		rows.add({pg::regclass_value(row.parent), pg::text_value(row.setting), pg::optional_text_value(row.value), pg::text_value(row.outcome),
				  pg::text_value(row.detail)});
	return Datum(0);
}

} // namespace partition
