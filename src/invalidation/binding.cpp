// binding.cpp: what a trigger has to know, compiled once a session.
#include <algorithm>
#include <charconv>
#include <cstring>

#include <boost/container/flat_map.hpp>

#include "invalidation/binding.hpp"

#include "pg/column.hpp"
#include "pg/context_resource.hpp"
#include "pg/encoding.hpp"
#include "pg/hierarchy.hpp"
#include "pg/value.hpp"

namespace invalidation {

namespace {

using binding_map = boost::container::flat_map<Oid, binding *, std::less<Oid>, pg::allocator<std::pair<Oid, binding *>>>;

struct registry {
	binding_map by_trigger{pg::allocator<std::pair<Oid, binding *>>(CacheMemoryContext)};
	pg::vector<binding *> replaced{pg::allocator<binding *>(CacheMemoryContext)};
};

constinit registry *bindings = nullptr;
constinit bool any_stale = false; // looked at when any transaction ends

extern "C" void on_relation_change(Datum, Oid relation)
{
	for (auto &[trigger, b] : bindings->by_trigger)
		if (relation == InvalidOid || relation == b->relation || relation == b->table)
			any_stale = b->stale = true;
}

registry &all_bindings()
{
	if (bindings == nullptr)
	{
		auto *created = new (pg::allocate(CacheMemoryContext, sizeof(registry))) registry;
		pg::call([] {
			CacheRegisterRelcacheCallback(on_relation_change, 0);
			// A schema may have another name, which payloads give.
			CacheRegisterSyscacheCallback(NAMESPACEOID, [](Datum, auto, uint32) { on_relation_change(0, InvalidOid); }, 0);
		});
		bindings = created;
	}
	return *bindings;
}

int64 watch_argument(const Trigger &trigger)
{
	int64 id = 0;
	if (trigger.tgnargs == 1)
		std::from_chars(trigger.tgargs[0], trigger.tgargs[0] + std::strlen(trigger.tgargs[0]), id);
	return id;
}

// A trigger made by hand could otherwise report for somebody else's watch.
bool belongs_to(Oid relation, Oid watched)
{
	const pg::vector<Oid> ancestors = pg::partition_ancestors(relation);
	return relation == watched || std::find(ancestors.begin(), ancestors.end(), watched) != ancestors.end();
}

watch watch_of(const Trigger &trigger, Relation relation)
{
	const auto w = load_watch(watch_argument(trigger));
	if (!w || !belongs_to(RelationGetRelid(relation), w->table))
		throw pg::failure(ERRCODE_UNDEFINED_OBJECT,
						  std::string("trigger \"") + trigger.tgname + "\" on \"" + RelationGetRelationName(relation) +
							  "\" belongs to no watch of this table",
						  "Its changes cannot be reported.",
						  std::string("Drop it, and watch the table again if it should be: DROP TRIGGER ") +
							  pg::quoted_identifier(trigger.tgname) + " ON " + pg::qualified_name(RelationGetRelid(relation)) + ";");
	return *w;
}

// False where one of them is missing.
bool find_columns(binding &b, pg::vector<compared_column> &into, const std::vector<std::string> &names, Relation table)
{
	for (const std::string &name : names)
	{
		const auto column = pg::find_column(table, name);
		if (!column)
			return false;
		into.push_back({column->number, column->by_value, column->length});
		b.last_column = std::max(b.last_column, column->number);
	}
	return true;
}

binding *compile(const Trigger &trigger, Relation relation)
{
	const watch w = watch_of(trigger, relation);
	const MemoryContext context = pg::make_context(CacheMemoryContext, "mosaic watch");
	auto *b = new (pg::allocate(context, sizeof(binding))) binding(context);
	b->trigger = trigger.tgoid;
	b->relation = RelationGetRelid(relation);
	b->table = w.table;
	b->watch_id = w.id;
	b->payload = w.payload;
	b->direct = w.direct;
	b->channel = keep(w.channel, context);
	b->table_name = keep(table_name_utf8(w.table), context);
	b->bare_name = keep(bare_name_utf8(w.table), context);
	b->max_keys = w.max_keys;
	if (auto recipes = make_recipes(w, relation, context))
		b->recipes = std::move(*recipes);
	else
		b->broken = true;
	b->broken = !find_columns(*b, b->key_columns, w.key_columns, relation) || b->broken;
	b->broken = !find_columns(*b, b->columns, w.columns, relation) || b->broken;
	return b;
}

} // namespace

std::string table_name_utf8(Oid table)
{
	const std::string name = pg::qualified_name(table);
	return pg::to_utf8(name).value_or(name);
}

std::string bare_name_utf8(Oid table)
{
	const char *name = pg::call(get_rel_name, table);
	return name == nullptr ? std::to_string(table) : pg::to_utf8(name).value_or(name);
}

// The function-call cache of a query's trigger saves the look-up for all rows
// but the first.
binding &binding_for(FunctionCallInfo fcinfo, const TriggerData &call)
{
	auto *known = static_cast<binding *>(fcinfo->flinfo->fn_extra);
	if (known != nullptr && !known->stale)
		return *known;

	registry &all = all_bindings();
	const Oid trigger = call.tg_trigger->tgoid;
	const auto found = all.by_trigger.find(trigger);
	if (found != all.by_trigger.end() && !found->second->stale)
		known = found->second;
	else
	{
		known = compile(*call.tg_trigger, call.tg_relation);
		binding *&place = all.by_trigger[trigger];
		if (place != nullptr)
			all.replaced.push_back(place);
		place = known;
	}
	fcinfo->flinfo->fn_extra = known;
	return *known;
}

void free_stale_bindings() noexcept
{
	if (!any_stale)
		return;
	any_stale = false;
	for (const binding *b : bindings->replaced)
		MemoryContextDelete(b->context);
	bindings->replaced.clear();
	for (auto it = bindings->by_trigger.begin(); it != bindings->by_trigger.end();)
	{
		if (it->second->stale)
		{
			MemoryContextDelete(it->second->context);
			it = bindings->by_trigger.erase(it);
		}
		else
			++it;
	}
}

} // namespace invalidation
