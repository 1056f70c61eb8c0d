// cache.cpp: the maps that this backend holds.
//
// Every change of a shard catalog signals the relation cache entry of
// mosaic.shard_map, which the server delivers at commit.  The signal does not
// say which map changed, so all are in doubt then, and each is looked at again
// when it is next used: a map whose row is still the version that was loaded
// still holds, because the first change in a transaction writes the row.  Only
// the changing transaction itself cannot tell its own changes apart by the
// row's version, and loads anew.  Nor can anybody tell by the row what logical
// replication brings, one table at a time: such changes signal mosaic.shard,
// and all maps are loaded anew.
//
// A map holds as of the generation before it was looked at: the look itself may
// receive the next signal, after the snapshot that it reads by was taken.
#include "shard/cache.hpp"

#include <algorithm>

#include "pg/identity.hpp"
#include "pg/lasting.hpp"
#include "shard/load.hpp"
#include "shard/settings.hpp"

namespace shard {

constinit uint64 map_generation = 1;

namespace {

struct held_map {
	map *laid_out;
	uint64 generation; // in which it was last known to hold
	uint64 used;	   // the higher, the later
};

constinit pg::vector<held_map> *held = nullptr; // by name
constinit Oid watched = InvalidOid;				// mosaic.shard_map
constinit Oid watched_copy = InvalidOid;		// mosaic.shard, for changes by replication
constinit uint64 rows_tell_since = 0;			// the generation
constinit uint64 uses = 0;

void catalog_changed(Datum, Oid relation)
{
	const bool all = relation == InvalidOid;
	if (all || relation == watched || relation == watched_copy)
		++map_generation;
	if (all || relation == watched_copy)
		rows_tell_since = map_generation;
}

void prepare()
{
	if (held == nullptr)
	{
		using container = pg::vector<held_map>;
		void *memory = pg::allocate(CacheMemoryContext, sizeof(container));
		pg::on_change(catalog_changed);
		held = new (memory) container(pg::allocator<held_map>(CacheMemoryContext));
	}
	watched = pg::extension_relation("shard_map");
	watched_copy = pg::extension_relation("shard");
}

using position = pg::vector<held_map>::iterator;

position position_of(std::string_view name)
{
	return std::lower_bound(held->begin(), held->end(), name,
							[](const held_map &h, std::string_view sought) { return h.laid_out->name < sought; });
}

bool is_at(position found, std::string_view name)
{
	return found != held->end() && found->laid_out->name == name;
}

void let_go(position unwanted)
{
	MemoryContext const context = unwanted->laid_out->context;
	held->erase(unwanted);
	MemoryContextDelete(context);
	++map_generation; // call sites may still point to it
}

bool still_holds(const held_map &h)
{
	row_version loaded = h.laid_out->version; // ItemPointerEquals is not const-correct before 16
	if (loaded.own || h.generation < rows_tell_since)
		return false;
	const std::optional<row_version> current = current_version(h.laid_out->name);
	row_version now = current.value_or(row_version{});
	return current && !now.own && now.xmin == loaded.xmin && ItemPointerEquals(&now.place, &loaded.place);
}

void make_room()
{
	const Size budget = Size{1024} * static_cast<Size>(settings::cache_size);
	const auto total = [] {
		Size sum = 0;
		for (const held_map &h : *held)
			sum += pg::context_size(h.laid_out->context);
		return sum;
	};
	while (!held->empty() && total() > budget)
		let_go(std::min_element(held->begin(), held->end(), [](const held_map &a, const held_map &b) { return a.used < b.used; }));
}

const map &load_and_hold(std::string_view name)
{
	make_room();
	const uint64 generation = map_generation;
	MemoryContext const context = pg::draft_context("shard map");
	map *loaded = load_map(name, context);
	if (loaded == nullptr)
		refuse_unknown_map(name);
	held->insert(position_of(loaded->name), held_map{loaded, generation, ++uses});
	pg::keep_context(context);
	return *loaded;
}

} // namespace

const map &find_map(std::string_view name)
{
	prepare();
	const position found = position_of(name);
	if (is_at(found, name))
	{
		found->used = ++uses;
		if (found->generation == map_generation)
			return *found->laid_out;
		const uint64 generation = map_generation;
		if (still_holds(*found))
		{
			found->generation = generation;
			return *found->laid_out;
		}
		let_go(found);
	}
	return load_and_hold(name);
}

} // namespace shard
