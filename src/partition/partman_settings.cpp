// partman_settings.cpp: what a row of pg_partman's configuration means here.
#include "partition/partman_settings.hpp"

#include "partition/adopted_grid.hpp"
#include "partition/key.hpp"
#include "partition/partman_template.hpp"
#include "partition/validate.hpp"
#include "pg/extension.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"

namespace partition {

const char *const taken_over = "taken over";
const char *const no_equivalent = "no equivalent";
const char *const refused = "refused";

namespace {

// Reads one level, a group of settings after the other.
class reading {
public:
	reading(const partman_level &level, const set &base, findings &found)
		: level_(level), row_(level.row), table_(level.tables.front()), settings_(base), found_(found)
	{
		settings_.parent = table_.oid();
		settings_.strategy = strategy_name(table_.strategy());
	}

	set read(TimestampTz now)
	{
		require_control();
		settings_.default_partition = OidIsValid(table_.default_partition());
		if (table_.strategy() == pg::partition_strategy::list)
			read_lists();
		else
			read_range(now);
		read_names();
		read_privileges();
		read_maintenance();
		read_template();
		report_the_rest();
		return settings_;
	}

private:
	void say(const char *setting, const std::optional<std::string> &value, const char *outcome, const std::string &detail)
	{
		found_.push_back({level_.about, level_.prefix + setting, value, outcome, detail});
	}

	// Takes a setting where it fits the set as it is so far.
	template <typename Change>
	bool offer(const char *setting, const std::string &value, const std::string &detail, Change &&change)
	{
		set candidate = settings_;
		change(candidate);
		if (const ErrorData *error = pg::attempt([&] { validate(candidate); }))
		{
			say(setting, value, refused, error->message + (error->detail != nullptr ? std::string(": ") + error->detail : ""));
			return false;
		}
		settings_ = candidate;
		say(setting, value, taken_over, detail);
		return true;
	}

	void require_control()
	{
		const std::string column = pg::quoted_identifier(row_.text("control").c_str());
		const std::string key = pg::partition_key_text(table_.oid());
		if (key != column)
			throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "the control column is not the partition key",
							  "pg_partman has " + column + " for \"" + pg::qualified_name(table_.oid()) + "\", which is partitioned by (" + key + ").",
							  "Correct the configuration of pg_partman, or manage the table by mosaic.create_parent().");
		say("control", row_.text("control"), taken_over, "It is the partition key.");
	}

	// RANGE

	void read_range(TimestampTz now)
	{
		settings_.key_format = format();
		settings_.interval = row_.text("partition_interval");
		if (!bounds_fit(settings_, table_.oid()))
			throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "the partitions' bounds are no values of key_format \"" + settings_.key_format + "\"",
							  "They were made by \"" + row_.text("time_encoder") + "\".", "No key_format does the same; the set stays with pg_partman.");
		const adopted_grid grid = find_grid(settings_, level_.tables, now);
		settings_.time_zone = grid.time_zone;
		settings_.start_at = grid.start_at;
		validate(settings_);
		say_key(grid);
		read_premake();
		read_retention();
	}

	std::string format() const
	{
		static constexpr const char *epochs[][2] = {
			{"seconds", "epoch_s"}, {"milliseconds", "epoch_ms"}, {"microseconds", "epoch_us"}, {"nanoseconds", "epoch_ns"}};
		for (const auto &epoch : epochs)
			if (row_.is("epoch", epoch[0]))
				return epoch[1];
		if (!row_.get("time_encoder"))
			return "native";
		return table_.key().type == UUIDOID ? "uuidv7" : "ulid";
	}

	bool counts() const { return key(table_, parse_key_format(settings_.key_format)).on() == axis::number; }

	void say_key(const adopted_grid &grid)
	{
		const std::string as_key_format = "As key_format \"" + settings_.key_format + "\".";
		if (!row_.is("epoch", "none") && row_.get("epoch"))
			say("epoch", row_.get("epoch"), taken_over, as_key_format);
		if (row_.get("time_encoder"))
			say("time_encoder", row_.get("time_encoder"), taken_over, as_key_format + " The bounds that exist are values of it.");
		say("partition_interval", row_.get("partition_interval"), taken_over, grid_text(grid));
	}

	std::string grid_text(const adopted_grid &grid) const
	{
		std::string text;
		if (counts())
			text = grid.start_at ? "Boundaries are counted from the bound " + *grid.start_at + "." : "Boundaries are multiples of it.";
		else
			text = "pg_partman keeps no time zone; boundaries are counted in " + grid.time_zone +
				   (grid.start_at ? ", from the bound " + *grid.start_at + "." : ", as the calendar has them.");
		if (!grid.whole)
			text += " Not all partitions from now on lie on that grid; new ones follow the last of them.";
		return text;
	}

	void read_premake()
	{
		offer("premake", row_.text("premake"), counts() ? "Counted from the largest key." : "Counted from now, whether rows come or not.",
			  [&](set &to) { to.premake = std::stoi(row_.text("premake")); });
		if (!counts() && row_.get("infinite_time_partitions"))
			say("infinite_time_partitions", row_.get("infinite_time_partitions"), row_.is("infinite_time_partitions", "true") ? taken_over : no_equivalent,
				"Partitions are always kept ready ahead of now.");
	}

	// Never drops what pg_partman would have kept: where the action cannot be
	// had, nothing is retired.
	void read_retention()
	{
		const std::optional<std::string> retention = row_.get("retention");
		if (!read_retention_action(retention.has_value()) || !retention)
		{
			if (retention)
				say("retention", retention, refused, "Not without the way in which pg_partman retires partitions.");
			return;
		}
		const bool bare = retention->find_first_not_of("0123456789. ") == std::string::npos;
		if (bare && !counts())
			say("retention", retention, refused,
				"pg_partman reads this as seconds. Say what is meant by UPDATE mosaic." + std::string(settings_.depth == 1 ? "partition_set." : "partition_level."));
		else
			offer("retention", *retention, "By the partition's real upper bound.", [&](set &to) { to.retention = *retention; });
	}

	bool read_retention_action(bool used)
	{
		const std::optional<std::string> schema = row_.get("retention_schema");
		settings_.retention_action = schema || row_.is("retention_keep_table", "true") ? "detach" : "drop";
		if (schema)
			return offer("retention_schema", *schema, "As retention_action move.", [&](set &to) {
				to.retention_action = "move";
				to.retention_schema = *schema;
			});
		if (used)
			say("retention_keep_table", row_.get("retention_keep_table"), taken_over, "As retention_action " + settings_.retention_action + ".");
		return true;
	}

	// LIST

	void read_lists()
	{
		settings_.name_pattern = list_name_pattern;
		settings_.time_zone = pg::session_time_zone();
		settings_.lists = lists_of_partitions();
		settings_.auto_lists = !settings_.default_partition;
		validate(settings_);
		say("partition_interval", row_.get("partition_interval"), taken_over, "Each partition is a list, with the keys that it has.");
		say("premake", row_.get("premake"), no_equivalent,
			settings_.auto_lists ? "A value without a partition gets one once a row with it has been refused (auto_lists)."
								 : "Values without a partition go to the default partition; give them one by mosaic.list_assign().");
		if (row_.get("retention"))
			say("retention", row_.get("retention"), no_equivalent, "Partitions of a LIST set are not retired by themselves.");
	}

	std::string lists_of_partitions() const
	{
		const Oid type = table_.key().type;
		std::string lists = "{}";
		for (int n = 0; n < table_.bounded(); ++n)
		{
			std::vector<std::optional<std::string>> keys;
			for (const Datum value : table_.list_values(n))
				keys.emplace_back(pg::output(type, value));
			if (table_.null_partition() == n)
				keys.emplace_back(std::nullopt);
			pg::spi spi;
			spi.execute("SELECT $1::pg_catalog.jsonb || pg_catalog.jsonb_build_object($2, pg_catalog.to_jsonb($3::text[]))",
						{pg::text_value(lists), pg::text_value(list_name(table_.partition(n))), pg::text_array_value(keys)}, pg::spi::access::read_latest);
			lists = spi[0].output(1);
		}
		return lists;
	}

	// The list of which a partition of that name would be made.
	std::string list_name(Oid partition) const
	{
		const std::string name = pg::relation_name(partition);
		const std::string front = pg::relation_name(table_.oid()) + "_";
		return name.size() > front.size() && name.compare(0, front.size(), front) == 0 ? name.substr(front.size()) : name;
	}

	// Any strategy

	void read_names()
	{
		const std::optional<std::string> prefix = row_.get("child_table_prefix");
		if (prefix && prefix != "_p")
			offer("child_table_prefix", *prefix, "As name_pattern.", [&](set &to) { to.name_pattern = "{parent}" + *prefix + "{bound}"; });
		const std::optional<std::string> format = row_.get("datetime_string");
		if (!format)
			return;
		const bool same = format == "YYYYMMDD" || format == "YYYYMMDD_HH24MISS";
		say("datetime_string", format, same ? taken_over : no_equivalent,
			same ? "New partitions are named in the same way." : "New partitions are named by YYYYMMDD or YYYYMMDD_HH24MISS; those that exist keep their names.");
	}

	void read_privileges()
	{
		if (row_.is("inherit_privileges", "true"))
			offer("inherit_privileges", "true", "The owner is always the parent's.", [](set &to) { to.inherit_privileges = true; });
	}

	void read_maintenance()
	{
		const bool off = row_.is("automatic_maintenance", "off");
		settings_.create_paused = settings_.retain_paused = off;
		if (settings_.depth > 1 && off)
			say("automatic_maintenance", "off", taken_over, "The level is paused.");
	}

	void read_template()
	{
		if (const std::optional<std::string> name = row_.get("template_table"))
		{
			const partman_template carried = read_partman_template(*name, table_.oid());
			for (const std::string &what : carried.lost)
				say("template_table", name, no_equivalent, what);
			if (carried.options)
				offer("template_table", *name, "Its storage options, as table_options.", [&](set &to) { to.table_options = carried.options; });
			else if (carried.lost.empty())
				say("template_table", name, taken_over, "It has nothing that the parent does not have as well.");
		}
	}

	void report_the_rest()
	{
		struct other {
			const char *column;
			const char *silent; // the value of which there is nothing to say
			const char *outcome;
			const char *detail;
		};
		static constexpr other others[] = {
			{"date_trunc_interval", nullptr, "taken over", "Boundaries follow those that exist."},
			{"constraint_cols", nullptr, "no equivalent", "No CHECK constraints on other columns are added; those that partitions have stay."},
			{"retention_keep_index", "true", "no equivalent", "A detached partition keeps its indexes."},
			{"retention_keep_publication", "false", "taken over", "A detached partition stays in the publications that name it."},
			{"detach_before_drop", "false", "taken over", "Where foreign keys point to the parent, a partition is detached before it is dropped."},
			{"drop_cascade_fk", "false", "no equivalent", "Foreign keys that point to rows of a partition keep it from going; the failure names them."},
			{"publications", nullptr, "no equivalent", "Partitions are published through their parent; add those to be named by ALTER PUBLICATION."},
			{"subscription_refresh", nullptr, "no equivalent", "Refresh subscriptions on the subscriber, or publish by the parent (publish_via_partition_root)."},
			{"maintenance_order", nullptr, "no equivalent", "Sets do not wait for one another."},
		};
		for (const other &setting : others)
			if (const std::optional<std::string> value = row_.get(setting.column); value && (setting.silent == nullptr || *value != setting.silent))
				say(setting.column, value, setting.outcome, setting.detail);
		if (row_.is("jobmon", "true") && OidIsValid(pg::find_extension("pg_jobmon").oid))
			say("jobmon", "true", no_equivalent, "What is done stands in mosaic.partition_log.");
		if (const std::optional<std::string> role = row_.get("maintenance_role"); role && pg::quoted_identifier(role->c_str()) != pg::quoted_role(pg::owner_of(settings_.root)))
			say("maintenance_role", role, no_equivalent, "Maintenance has the rights of the parent's owner.");
	}

	const partman_level &level_;
	const partman_row &row_;
	pg::partition_table table_;
	set settings_;
	findings &found_;
};

} // namespace

set settings_from(const partman_level &level, const set &base, TimestampTz now, findings &found)
{
	return reading(level, base, found).read(now);
}

} // namespace partition
