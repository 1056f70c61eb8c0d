// load.cpp: reading a map from its catalogs, under one snapshot.
//
// The snapshot is the one for catalogs, so that a transaction that began
// before the last change still reads it: a cache filled from an older snapshot
// would stay wrong after the transaction.
#include "shard/load.hpp"

#include <algorithm>

#include "pg/bytes.hpp"
#include "pg/catalog_scan.hpp"
#include "pg/identity.hpp"
#include "pg/lasting.hpp"
#include "shard/columns.hpp"
#include "shard/directory.hpp"
#include "shard/settings.hpp"

namespace shard {

namespace {

// Reads what belongs to a map into its context.
class reader {
public:
	reader(map &into, const pg::catalog_snapshot &snapshot) : map_(into), snapshot_(snapshot) {}

	void read(const pg::catalog_row &row)
	{
		read_map(row);
		read_nodes();
		read_owners();
		default_owner(row);
		switch (map_.method)
		{
		case strategy::slots:
			return read_slots(row.int4(column::map_slots));
		case strategy::range:
			return read_ranges();
		case strategy::list:
			return read_list();
		case strategy::directory:
		case strategy::tenant:
			map_.entries = directory::make(map_.context, settings::directory_size * Size{1024});
			return;
		default:
			return;
		}
	}

private:
	std::string_view keep(std::string_view bytes)
	{
		char *copy = static_cast<char *>(pg::allocate(map_.context, bytes.size() + 1));
		std::copy(bytes.begin(), bytes.end(), copy);
		copy[bytes.size()] = '\0';
		return {copy, bytes.size()};
	}
	std::string_view keep(const pg::catalog_row &row, int column)
	{
		return row.null(column) ? std::string_view() : keep(pg::bytes_of(row.datum(column)));
	}
	key keep_key(const pg::catalog_row &row, int column)
	{
		key k = parse_key(map_.keys, std::string(pg::bytes_of(row.datum(column))));
		k.bytes = keep(k.bytes);
		return k;
	}
	int owner_of(const pg::catalog_row &row, int column)
	{
		const int found = owner_with_id(map_, row.int4(column));
		if (found == none)
			refuse("Shard " + std::to_string(row.int4(column)) + " is not one of its shards");
		return found;
	}
	[[noreturn]] void refuse(const std::string &detail)
	{
		throw pg::failure(ERRCODE_CHECK_VIOLATION, "shard map \"" + std::string(map_.name) + "\" is not consistent", detail + ".",
						  "Change maps by the functions of schema mosaic, not by writing to its tables.");
	}

	void read_map(const pg::catalog_row &row)
	{
		map_.name = keep(row, column::map_name);
		map_.method = strategy_named(pg::bytes_of(row.datum(column::map_strategy)));
		map_.keys = kind_of_type(DatumGetObjectId(row.datum(column::map_key_type)));
		map_.hash = slot_hash_named(pg::bytes_of(row.datum(column::map_hash)));
		map_.epoch = row.int8(column::map_epoch);
		map_.base_epoch = row.int8(column::map_base_epoch);
	}

	void default_owner(const pg::catalog_row &row)
	{
		if (!row.null(column::map_default_shard))
			map_.default_owner = owner_of(row, column::map_default_shard);
	}

	void read_nodes()
	{
		pg::catalog_scan scan("shard_node", "shard_node_pkey", snapshot_);
		while (const pg::catalog_row *row = scan.next())
		{
			node n;
			n.name = keep(*row, column::node_name);
			n.primary = keep(*row, column::node_primary);
			n.conninfo = keep(*row, column::node_conninfo);
			n.dbname = keep(*row, column::node_dbname);
			n.fdw_server = row->null(column::node_fdw_server) ? std::string_view()
															  : keep(NameStr(*DatumGetName(row->datum(column::node_fdw_server))));
			n.name_hash = hash_of(n.name);
			n.weight = row->int4(column::node_weight);
			map_.nodes.push_back(n);
		}
		std::sort(map_.nodes.begin(), map_.nodes.end(), [](const node &a, const node &b) { return a.name < b.name; });
	}

	int node_named(std::string_view name)
	{
		const auto found = std::lower_bound(map_.nodes.begin(), map_.nodes.end(), name,
											[](const node &n, std::string_view sought) { return n.name < sought; });
		if (found == map_.nodes.end() || found->name != name)
			refuse("Node \"" + std::string(name) + "\" does not exist");
		return static_cast<int>(found - map_.nodes.begin());
	}

	void read_owners()
	{
		pg::catalog_scan scan("shard", "shard_pkey", snapshot_, {map_.name});
		while (const pg::catalog_row *row = scan.next())
		{
			owner o;
			o.id = row->int4(column::shard_id);
			o.name = keep(*row, column::shard_name);
			o.name_hash = hash_of(o.name);
			o.weight = DatumGetBool(row->datum(column::shard_draining)) ? 0 : row->int4(column::shard_weight);
			o.node = row->null(column::shard_node) ? none : node_named(pg::bytes_of(row->datum(column::shard_node)));
			map_.owners.push_back(o);
		}
		std::sort(map_.owners.begin(), map_.owners.end(), [](const owner &a, const owner &b) { return a.id < b.id; });
	}

	void read_slots(int count)
	{
		map_.slot_owners.resize(count, none);
		map_.slot_info.resize(count);
		int seen = 0;
		pg::catalog_scan scan("shard_slot", "shard_slot_pkey", snapshot_, {map_.name});
		while (const pg::catalog_row *row = scan.next())
		{
			const int slot = row->int4(column::slot_number);
			if (slot < 0 || slot >= count)
				refuse("Slot " + std::to_string(slot) + " is not one of its " + std::to_string(count));
			map_.slot_owners[slot] = row->null(column::slot_shard) ? map_.default_owner : owner_of(*row, column::slot_shard);
			map_.slot_info[slot] = {row->int8(column::slot_epoch), slot_state_named(pg::bytes_of(row->datum(column::slot_state)))};
			++seen;
		}
		if (seen != count)
			refuse(std::to_string(count - seen) + " of its slots are missing");
	}

	void read_ranges();
	void read_list();

	static uint64 hash_of(std::string_view name) { return native_hash(bytes_key(name)); }

	map &map_;
	const pg::catalog_snapshot &snapshot_;
};

// Puts parallel vectors into the order of their keys.
template <typename Item>
void sort_by_key(pg::vector<key> &keys, pg::vector<Item> &items)
{
	struct pair {
		key k;
		Item item;
	};
	pg::vector<pair> pairs;
	pairs.reserve(keys.size());
	for (std::size_t i = 0; i < keys.size(); ++i)
		pairs.push_back({keys[i], items[i]});
	std::sort(pairs.begin(), pairs.end(), [](const pair &a, const pair &b) { return before(a.k, b.k); });
	for (std::size_t i = 0; i < keys.size(); ++i)
	{
		keys[i] = pairs[i].k;
		items[i] = pairs[i].item;
	}
}

void reader::read_ranges()
{
	pg::catalog_scan scan("shard_range", "shard_range_map_idx", snapshot_, {map_.name});
	while (const pg::catalog_row *row = scan.next())
	{
		range r;
		r.lower_open = row->null(column::range_lower);
		r.upper_open = row->null(column::range_upper);
		// Nothing sorts before the lower bound that stands for an open one.
		const key least = is_numeric(map_.keys) ? number_key(INT64_MIN) : bytes_key({});
		const key lower = r.lower_open ? least : keep_key(*row, column::range_lower);
		r.upper = r.upper_open ? least : keep_key(*row, column::range_upper);
		r.owner = owner_of(*row, column::range_shard);
		r.epoch = row->int8(column::range_epoch);
		if (!r.upper_open && !r.lower_open && !before(lower, r.upper))
			throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "range lower bound must be less than range upper bound",
							  "The range is from " + key_text(map_.keys, lower) + " to " + key_text(map_.keys, r.upper) + ".",
							  "Give the lower bound first; it is inclusive, and the upper one is exclusive.");
		map_.lowers.push_back(lower);
		map_.ranges.push_back(r);
	}
	sort_by_key(map_.lowers, map_.ranges);
	for (std::size_t i = 1; i < map_.ranges.size(); ++i)
	{
		const range &previous = map_.ranges[i - 1];
		if (previous.upper_open || before(map_.lowers[i], previous.upper))
			throw pg::failure(ERRCODE_EXCLUSION_VIOLATION, "ranges of shard map \"" + std::string(map_.name) + "\" overlap",
							  "The range from " + key_text(map_.keys, map_.lowers[i]) + " begins inside another one.",
							  "Take the other range out first: SELECT mosaic.shard_assign_range(map, NULL, lower, upper).");
	}
}

void reader::read_list()
{
	pg::catalog_scan scan("shard_key", "shard_key_pkey", snapshot_, {map_.name});
	while (const pg::catalog_row *row = scan.next())
	{
		map_.list_keys.push_back(keep_key(*row, column::key_key));
		map_.list_entries.push_back({owner_of(*row, column::key_shard), row->int8(column::key_epoch), {}, {}});
	}
	sort_by_key(map_.list_keys, map_.list_entries);
}

row_version version_of(HeapTuple tuple)
{
	const TransactionId xmin = HeapTupleHeaderGetRawXmin(tuple->t_data);
	const bool own = pg::call(TransactionIdIsCurrentTransactionId, HeapTupleHeaderGetXmin(tuple->t_data));
	return {xmin, tuple->t_self, own};
}

} // namespace

map *load_map(std::string_view name, MemoryContext context)
{
	const pg::memory_scope scratch("shard map load");
	const pg::catalog_snapshot snapshot(pg::extension_relation("shard_map"));
	pg::catalog_scan scan("shard_map", "shard_map_pkey", snapshot, {name});
	const pg::catalog_row *row = scan.next();
	if (row == nullptr)
		return nullptr;
	map *loaded = new (pg::allocate(context, sizeof(map))) map(context);
	loaded->version = version_of(row->tuple());
	reader(*loaded, snapshot).read(*row);
	return loaded;
}

std::optional<row_version> current_version(std::string_view name)
{
	const pg::catalog_snapshot snapshot(pg::extension_relation("shard_map"));
	pg::catalog_scan scan("shard_map", "shard_map_pkey", snapshot, {name});
	const pg::catalog_row *row = scan.next();
	return row != nullptr ? std::optional(version_of(row->tuple())) : std::nullopt;
}

std::optional<entry> read_entry(const map &m, const key &k)
{
	const pg::catalog_snapshot snapshot(pg::extension_relation("shard_map"));
	const std::string text = key_text(m.keys, k);
	pg::catalog_scan scan("shard_key", "shard_key_pkey", snapshot, {m.name, text});
	const pg::catalog_row *row = scan.next();
	if (row == nullptr)
		return std::nullopt;
	const auto name = [row](int column) {
		return row->null(column) ? std::string_view() : std::string_view(NameStr(*DatumGetName(row->datum(column))));
	};
	entry found{owner_with_id(m, row->int4(column::key_shard)), row->int8(column::key_epoch), {}, {}};
	const std::string_view schema_name = name(column::key_schema_name);
	const std::string_view dbname = name(column::key_dbname);
	found.schema_name = schema_name.empty() ? schema_name : pg::bytes_of(pg::text_value(schema_name).datum);
	found.dbname = dbname.empty() ? dbname : pg::bytes_of(pg::text_value(dbname).datum);
	return found;
}

void refuse_unknown_map(std::string_view name)
{
	throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "shard map \"" + std::string(name) + "\" does not exist", {},
					  "SELECT map FROM mosaic.shard_map shows the maps; mosaic.shard_map_create() makes one.");
}

} // namespace shard
