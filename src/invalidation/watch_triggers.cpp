// watch_triggers.cpp: creating and dropping the triggers of a watch.
#include <charconv>

#include "invalidation/watch_triggers.hpp"

#include "pg/dependency.hpp"
#include "pg/hierarchy.hpp"
#include "pg/identity.hpp"
#include "pg/resources.hpp"
#include "pg/spi.hpp"

namespace invalidation {

namespace {

constexpr std::string_view prefix = "zz_mosaic_";
constexpr std::string_view truncate_suffix = "_truncate";

std::string trigger_name(int64 watch_id, std::string_view suffix)
{
	return std::string(prefix) + std::to_string(watch_id) + std::string(suffix);
}

// The condition with {row} standing for OLD or NEW.
std::string condition_on(const std::string &when, std::string_view row)
{
	std::string out = when;
	for (std::size_t at = 0; (at = out.find("{row}", at)) != std::string::npos; at += row.size())
		out.replace(at, 5, row);
	return "(" + out + "\n)"; // a comment at its end ends there
}

void execute(const std::string &sql)
{
	pg::spi spi;
	spi.execute(sql);
}

void create_trigger(const watch &w, Oid table, std::string_view suffix, const std::string &events, bool row,
					const std::string &condition)
{
	const std::string name = trigger_name(w.id, suffix);
	const std::string relation = pg::qualified_name(table);
	execute("CREATE TRIGGER " + name + " AFTER " + events + " ON " + relation + (row ? " FOR EACH ROW" : " FOR EACH STATEMENT") +
			(condition.empty() ? "" : " WHEN (" + condition + ")") + " EXECUTE FUNCTION mosaic.collect('" + std::to_string(w.id) + "')");
	if (w.always)
		execute("ALTER TABLE " + relation + " ENABLE ALWAYS TRIGGER " + name);
	pg::trigger_depends_on_extension(pg::trigger_oid(table, name.c_str()));
}

void create_row_triggers(const watch &w)
{
	if (w.when)
	{
		const std::string before = condition_on(*w.when, "OLD");
		const std::string after = condition_on(*w.when, "NEW");
		if (w.wants('i'))
			create_trigger(w, w.table, "_insert", "INSERT", true, after);
		if (w.wants('u'))
			create_trigger(w, w.table, "_update", "UPDATE", true, before + " OR " + after);
		if (w.wants('d'))
			create_trigger(w, w.table, "_delete", "DELETE", true, before);
		return;
	}
	std::string events;
	for (const auto &[op, event] : {std::pair('i', "INSERT"), std::pair('u', "UPDATE"), std::pair('d', "DELETE")})
		if (w.wants(op))
			events += (events.empty() ? "" : " OR ") + std::string(event);
	if (!events.empty())
		create_trigger(w, w.table, "_row", events, true, "");
}

bool can_have_truncate_trigger(Oid table)
{
	const char kind = pg::relation_kind(table);
	return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE || (kind == RELKIND_FOREIGN_TABLE && PG_VERSION_NUM >= 160000);
}

void drop_trigger(Oid table, const std::string &name)
{
	if (!OidIsValid(pg::trigger_oid(table, name.c_str())))
		return;
	const pg::acting_as owner(pg::owner_of(table));
	execute("DROP TRIGGER " + name + " ON " + pg::qualified_name(table));
}

} // namespace

// A partition may have another owner than its root; what the root's owner
// asks for on it is done with that owner's rights.
void create_truncate_triggers(const watch &w, Oid partition)
{
	if (!w.wants('t'))
		return;
	for (const Oid table : pg::inheritance_tree(partition, ShareRowExclusiveLock))
	{
		if (!can_have_truncate_trigger(table) || OidIsValid(pg::trigger_oid(table, trigger_name(w.id, truncate_suffix).c_str())))
			continue;
		const pg::acting_as owner(pg::owner_of(table));
		create_trigger(w, table, truncate_suffix, "TRUNCATE", false, "");
	}
}

void create_triggers(const watch &w)
{
	create_row_triggers(w);
	create_truncate_triggers(w, w.table);
}

void drop_truncate_triggers(int64 watch_id, Oid table)
{
	for (const Oid member : pg::inheritance_tree(table, AccessShareLock))
		drop_trigger(member, trigger_name(watch_id, truncate_suffix));
}

void drop_triggers(int64 watch_id, Oid table)
{
	for (const std::string_view suffix : {"_row", "_insert", "_update", "_delete"})
		drop_trigger(table, trigger_name(watch_id, suffix));
	drop_truncate_triggers(watch_id, table);
}

int64 watch_of_trigger(const std::string &trigger)
{
	int64 id = 0;
	if (trigger.starts_with(prefix))
		std::from_chars(trigger.data() + prefix.size(), trigger.data() + trigger.size(), id);
	return id;
}

bool is_truncate_trigger(const std::string &trigger)
{
	return trigger.ends_with(truncate_suffix);
}

} // namespace invalidation
