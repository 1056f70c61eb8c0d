// ddl.cpp: changes that fire no trigger on the table.
//
// A partition that comes or goes takes its rows along; a rewrite may change
// every row; a dropped table ends its watches.  Event triggers see these, and
// report the whole table.  What brings or takes no rows is no event: premade
// partitions come empty, every day.
#include "invalidation/pending.hpp"
#include "invalidation/settings.hpp"
#include "invalidation/watch_triggers.hpp"

#include <algorithm>

#include "core/key_template.hpp"
#include "pg/dependency.hpp"
#include "pg/event_trigger.hpp"
#include "pg/hierarchy.hpp"
#include "pg/identity.hpp"
#include "pg/resources.hpp"
#include "pg/spi.hpp"

namespace invalidation {

namespace {

// A table's own watches and those of the roots above it.  Most tables of most
// databases have no trigger at all, and cost a look at pg_class.
std::vector<watch> watches_over(Oid table)
{
	if (!pg::may_have_triggers(table))
		return {};
	const pg::vector<Oid> ancestors = pg::partition_ancestors(table);
	std::vector<Oid> tables(ancestors.begin(), ancestors.end());
	tables.push_back(table);
	return watches_of(tables);
}

void report(const watch &w)
{
	if (settings::enabled)
		report_whole_table(w, core::all_reason::ddl);
}

void follow(const pg::partition_change &change)
{
	using kind = pg::partition_change::kind;
	for (const watch &w : watches_over(change.parent))
	{
		if (change.what == kind::detached)
			drop_truncate_triggers(w.id, change.partition);
		else
			create_truncate_triggers(w, change.partition);
		if (change.what != kind::created && pg::tree_has_rows(change.partition))
			report(w);
	}
}

void replace(std::vector<std::string> &names, const pg::column_rename &rename)
{
	std::replace(names.begin(), names.end(), rename.before, rename.after);
}

// Templates keep their text but for the column's name.
void follow(watch w, const pg::column_rename &rename)
{
	for (std::string &key : w.keys)
	{
		auto parts = core::try_parse_key_template(key);
		if (!parts)
			continue;
		for (core::template_part &part : *parts)
			if (part.column == rename.before)
				part.column = rename.after;
		key = core::print_key_template(*parts);
	}
	replace(w.key_columns, rename);
	replace(w.columns, rename);
	update_columns(w);
}

void follow(const pg::column_rename &rename)
{
	if (!pg::may_have_triggers(rename.table))
		return;
	const pg::vector<Oid> tree = pg::inheritance_tree(rename.table, NoLock);
	for (const watch &w : watches_of(std::vector<Oid>(tree.begin(), tree.end())))
		follow(w, rename);
	for (const Oid table : tree)
		pg::invalidate_relation(table);
}

struct dropped_table {
	int64 watch_id;
	std::string name; // schema.table
	std::string bare_name;
};

constinit pg::statement dropped_watched_tables{
	"SELECT w.watch_id, quote_ident(d.schema_name) || '.' || quote_ident(d.object_name), d.object_name"
	" FROM pg_event_trigger_dropped_objects() d JOIN mosaic.watch w"
	" ON d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.objid = w.rel::oid"};
// Triggers of ours, and whether their table went as well.
constinit pg::statement dropped_triggers{
	"SELECT t.address_names[3], format('%I.%I', t.address_names[1], t.address_names[2]),"
	" EXISTS (SELECT FROM pg_event_trigger_dropped_objects() d WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0"
	" AND d.address_names[1] = t.address_names[1] AND d.address_names[2] = t.address_names[2])"
	" FROM pg_event_trigger_dropped_objects() t"
	" WHERE t.classid = 'pg_trigger'::regclass AND t.address_names[3] LIKE 'zz\\_mosaic\\_%'"};

struct dropped_column {
	int64 watch_id;
	std::string column;
};

// Columns that a watch makes keys of, or decides by.
constinit pg::statement dropped_watched_columns{
	"SELECT w.watch_id, d.address_names[3]"
	" FROM pg_event_trigger_dropped_objects() d JOIN mosaic.watch w ON d.objid = w.rel::oid"
	" WHERE d.classid = 'pg_class'::regclass AND d.objsubid > 0 AND (d.address_names[3] = ANY (w.key_columns) OR d.address_names[3] = ANY (w.columns))"
	" ORDER BY w.watch_id, d.objsubid"};

std::vector<dropped_column> find_dropped_columns()
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	std::vector<dropped_column> found;
	const uint64 rows = spi.execute(dropped_watched_columns);
	for (uint64 n = 0; n < rows; ++n)
		found.push_back({spi[n].int8(1), spi[n].text(2)});
	return found;
}

std::vector<dropped_table> find_dropped_tables()
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	std::vector<dropped_table> found;
	const uint64 rows = spi.execute(dropped_watched_tables);
	for (uint64 n = 0; n < rows; ++n)
		found.push_back({spi[n].int8(1), spi[n].text(2), spi[n].text(3)});
	return found;
}

struct dropped_trigger {
	std::string trigger;
	std::string table;
	bool with_table;
};

std::vector<dropped_trigger> find_dropped_triggers()
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	std::vector<dropped_trigger> found;
	const uint64 rows = spi.execute(dropped_triggers);
	for (uint64 n = 0; n < rows; ++n)
		found.push_back({spi[n].text(1), spi[n].text(2), spi[n].boolean(3)});
	return found;
}

void end_watch_of(const dropped_table &table)
{
	watch w = *load_watch(table.watch_id);
	if (settings::enabled)
		report_whole_table(w, core::all_reason::ddl, table.name, table.bare_name);
	delete_watch(w.id);
}

// A watch whose table stays but which cannot go on.
void end_watch(const watch &w, const std::string &why)
{
	pg::notice(WARNING, ("watch " + std::to_string(w.id) + " of " + pg::qualified_name(w.table) + " has ended").c_str(), why.c_str(),
			   "Watch the table again if it should be.");
	report(w);
	delete_watch(w.id); // first, so that dropping the triggers finds no watch
	drop_triggers(w.id, w.table);
}

void follow(FunctionCallInfo fcinfo, const dropped_column &dropped)
{
	const auto w = load_watch(dropped.watch_id);
	if (!w || pg::relation_kind(w->table) == 0)
		return;
	const std::string watch_number = "watch " + std::to_string(w->id);
	if (pg::drops_column_alone(fcinfo, dropped.column))
		throw pg::failure(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST,
						  "cannot drop column \"" + dropped.column + "\" of table " + pg::qualified_name(w->table) +
							  " because other objects depend on it",
						  watch_number + " of the table depends on the column.",
						  "Use DROP COLUMN ... CASCADE to end the watch too, or first: SELECT mosaic.unwatch(" + std::to_string(w->id) + ");");
	end_watch(*w, "Its column \"" + dropped.column + "\" was dropped.");
}

// A partition that was dropped takes rows along.  A row trigger that was
// dropped from the watched table itself ends the watch.
void follow(const dropped_trigger &dropped)
{
	const auto w = load_watch(watch_of_trigger(dropped.trigger));
	if (!w || pg::relation_kind(w->table) == 0)
		return;
	if (dropped.with_table)
		report(*w);
	else if (!is_truncate_trigger(dropped.trigger) && dropped.table == pg::qualified_name(w->table))
		end_watch(*w, "Its trigger \"" + dropped.trigger + "\" was dropped.");
}

} // namespace

} // namespace invalidation

using namespace invalidation;

PG_FUNCTION(mosaic_on_ddl)
{
	pg::require_event_trigger(fcinfo);
	for (const pg::partition_change &change : pg::partition_changes(fcinfo))
		follow(change);
	if (const auto rename = pg::renamed_column(fcinfo))
		follow(*rename);
	PG_RETURN_NULL();
}

PG_FUNCTION(mosaic_on_drop)
{
	pg::require_event_trigger(fcinfo);
	if (!any_watch())
		PG_RETURN_NULL();
	for (const dropped_table &table : find_dropped_tables())
		end_watch_of(table);
	for (const dropped_column &column : find_dropped_columns())
		follow(fcinfo, column);
	for (const dropped_trigger &trigger : find_dropped_triggers())
		follow(trigger);
	PG_RETURN_NULL();
}

PG_FUNCTION(mosaic_on_rewrite)
{
	pg::require_event_trigger(fcinfo);
	for (const watch &w : watches_over(pg::rewritten_table()))
		report(w);
	PG_RETURN_NULL();
}
