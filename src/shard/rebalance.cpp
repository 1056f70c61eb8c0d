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
						  "All its shards are draining or have weight 0.", "SELECT mosaic.shard_add(map, name) adds a shard.");
	return weights;
}

std::vector<int> owners_of(const map &m)
{
	std::vector<int> owners;
	for (std::size_t slot = 0; slot < m.slot_owners.size(); ++slot)
	{
		if (m.slot_owners[slot] == shard::none)
			throw pg::failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "shard map \"" + std::string(m.name) + "\" has slots without an owner",
							  "Slot " + std::to_string(slot) + " has none.", "SELECT mosaic.shard_assign_slots(map, shard, slots) assigns them.");
		owners.push_back(m.slot_owners[slot]);
	}
	return owners;
}

// Reported sizes of slots; unknown ones count as empty.
struct sizes {
	std::vector<std::int64_t> bytes;
	std::vector<bool> known;
};

sizes sizes_of(const map &m)
{
	sizes found{std::vector<std::int64_t>(m.slot_owners.size()), std::vector<bool>(m.slot_owners.size())};
	const pg::catalog_snapshot snapshot(pg::extension_relation("shard_slot_size"));
	pg::catalog_scan scan("shard_slot_size", "shard_slot_size_pkey", snapshot, {m.name});
	while (const pg::catalog_row *row = scan.next())
	{
		const std::size_t slot = static_cast<std::size_t>(row->int4(2));
		found.bytes[slot] = row->int8(3);
		found.known[slot] = true;
	}
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
		const shard::owner &from = m.owners[static_cast<std::size_t>(move.from)];
		const std::string reason = from.weight == 0 ? "shard " + std::to_string(from.id) + " is draining"
													: "shard " + std::to_string(from.id) + " is above its share";
		rows.add({pg::int4_value(++step), pg::int4_value(move.slot), pg::int4_value(from.id),
				  pg::int4_value(m.owners[static_cast<std::size_t>(move.to)].id),
				  size.known[slot] ? pg::int8_value(size.bytes[slot]) : pg::null_of(INT8OID), pg::text_value(reason)});
	}
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
	const sizes size = sizes_of(*m);
	const auto plan = by == "count" ? core::plan_by_count(owners, weights_of(*m)) : core::plan_by_bytes(owners, size.bytes, weights_of(*m));
	emit(fcinfo, *m, plan, size, max_moves);
	return 0;
}
