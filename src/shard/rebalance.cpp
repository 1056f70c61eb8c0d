// rebalance.cpp: the plan of moves that would balance a slots map.
#include "core/rebalance.hpp"

#include <vector>

#include "pg/bytes.hpp"
#include "pg/catalog_scan.hpp"
#include "pg/identity.hpp"
#include "pg/rowset.hpp"
#include "shard/columns.hpp"
#include "shard/load.hpp"

namespace {

using shard::map;

// Slots without an owner are given out as those of a shard that drains: its
// position is behind the last.
std::vector<std::int64_t> weights_of(const map &m)
{
	std::vector<std::int64_t> weights;
	bool takers = false;
	for (const shard::owner &o : m.owners)
	{
		weights.push_back(o.weight);
		takers = takers || o.weight > 0;
	}
	if (!takers)
		throw pg::failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "shard map \"" + std::string(m.name) + "\" has no shard that can take slots",
						  "All its shards are draining or have weight 0, or there are none.",
						  "SELECT mosaic.shard_add(map, name) adds a shard.");
	weights.push_back(0);
	return weights;
}

std::vector<int> owners_of(const map &m)
{
	std::vector<int> owners;
	for (const int owner : m.slot_owners)
		owners.push_back(owner != shard::none ? owner : static_cast<int>(m.owners.size()));
	return owners;
}

// Reported sizes of slots; one that was not reported counts as the average.
struct sizes {
	std::vector<std::int64_t> bytes;
	std::vector<bool> known;
	double total; // the average of others included
};

sizes unknown_sizes(const map &m)
{
	return {std::vector<std::int64_t>(m.slot_owners.size()), std::vector<bool>(m.slot_owners.size()), 0};
}

sizes sizes_of(const map &m, Oid catalog)
{
	sizes found = unknown_sizes(m);
	std::int64_t count = 0;
	double total = 0;
	const pg::catalog_snapshot snapshot(catalog);
	pg::catalog_scan scan("shard_slot_size", "shard_slot_size_pkey", snapshot, {m.name});
	while (const pg::catalog_row *row = scan.next())
	{
		const std::size_t slot = static_cast<std::size_t>(row->int4(2));
		if (slot >= found.bytes.size()) // the map has grown since it was read
			continue;
		found.bytes[slot] = row->int8(3);
		found.known[slot] = true;
		total += static_cast<double>(row->int8(3));
		++count;
	}
	const double mean = count > 0 ? total / static_cast<double>(count) : 1;
	found.total = mean * static_cast<double>(found.bytes.size());
	const std::int64_t average = static_cast<std::int64_t>(mean);
	for (std::size_t slot = 0; slot < found.bytes.size(); ++slot)
		if (!found.known[slot])
			found.bytes[slot] = average;
	return found;
}

void emit(FunctionCallInfo fcinfo, const map &m, const std::vector<core::slot_move> &plan, const sizes &size, int64 max_moves)
{
	pg::rowset rows(fcinfo);
	int step = 0;
	for (const core::slot_move &move : plan)
	{
		if (step >= max_moves)
			break;
		const std::size_t slot = static_cast<std::size_t>(move.slot);
		const bool owned = move.from < static_cast<int>(m.owners.size());
		const shard::owner *from = owned ? &m.owners[move.from] : nullptr;
		const std::string giver = owned ? "shard " + std::to_string(from->id) : "slot";
		const char *why = !owned ? " has no owner" : from->weight == 0 ? " is draining" : " is above its share";
		rows.add({pg::int4_value(++step), pg::int4_value(move.slot), owned ? pg::int4_value(from->id) : pg::null_of(INT4OID),
				  pg::int4_value(m.owners[move.to].id), size.known[slot] ? pg::int8_value(size.bytes[slot]) : pg::null_of(INT8OID),
				  pg::text_value(giver + why)});
	}
}

// Sizes are added up, and compared with tenths of each other.
void require_summable(const map &m, const sizes &size)
{
	if (size.total > static_cast<double>(INT64_MAX) / 16)
		throw pg::failure(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "reported sizes of shard map \"" + std::string(m.name) + "\" are too large",
						  "A plan needs their sum to be less than 2^59.", "Report sizes in a larger unit, such as megabytes.");
}

std::vector<core::slot_move> plan_by_bytes(const map &m, const std::vector<int> &owners, const sizes &size)
{
	require_summable(m, size);
	return core::plan_by_bytes(owners, size.bytes, weights_of(m));
}

} // namespace

// map, by, max_moves (NULL: all)
PG_FUNCTION(mosaic_shard_rebalance_plan)
{
	const pg::arguments arguments(fcinfo);
	arguments.require(0, "map");
	arguments.require(1, "by");
	const std::string name = arguments.text(0);
	const std::string by = arguments.text(1);
	const int64 max_moves = arguments.null(2) ? INT64_MAX : arguments.int4(2);
	if (by != "count" && by != "bytes")
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "unrecognized measure \"" + by + "\"", {}, "Use by => 'count' or by => 'bytes'.");
	if (max_moves < 0)
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "max_moves must not be negative", "The number given is " + std::to_string(max_moves) + ".",
						  "Give a number of moves, or NULL for all.");
	const map *m = shard::load_map(name, CurrentMemoryContext);
	if (m == nullptr)
		shard::refuse_unknown_map(name);
	if (m->method != shard::strategy::slots)
		throw pg::failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "shard map \"" + name + "\" has no slots to move",
						  "Only maps of strategy \"slots\" can be rebalanced.", "SELECT mosaic.shard_map_create(map, 'slots') makes one.");
	const std::vector<int> owners = owners_of(*m);
	// The moves of a plan by bytes tell of sizes as much as the sizes do.
	const Oid catalog = pg::extension_relation("shard_slot_size");
	if (by == "bytes")
		pg::require_privilege(catalog, ACL_SELECT);
	const bool shown = pg::call([=] { return pg_class_aclcheck(catalog, GetUserId(), ACL_SELECT) == ACLCHECK_OK; });
	const sizes size = shown ? sizes_of(*m, catalog) : unknown_sizes(*m);
	const auto plan = by == "count" ? core::plan_by_count(owners, weights_of(*m)) : plan_by_bytes(*m, owners, size);
	emit(fcinfo, *m, plan, size, max_moves);
	return 0;
}
