// watch.cpp: reading and writing mosaic.watch.
#include <array>

#include "invalidation/watch.hpp"

#include "pg/array.hpp"
#include "pg/identity.hpp"
#include "pg/resources.hpp"
#include "pg/spi.hpp"

namespace invalidation {

namespace {

constexpr std::array payload_names{"keys", "row", "hashed", "doorbell"};

#define WATCH_COLUMNS \
	"watch_id, rel, keys, key_columns, columns, \"when\", ops, channel::text, mode = 'direct', payload, max_keys, always"

constinit pg::statement by_id{"SELECT " WATCH_COLUMNS " FROM mosaic.watch WHERE watch_id = $1"};
constinit pg::statement by_table{"SELECT " WATCH_COLUMNS
								 " FROM mosaic.watch WHERE rel::oid::int8 = ANY ($1) ORDER BY watch_id"};

constinit pg::statement any{"SELECT EXISTS (SELECT FROM mosaic.watch)"};

std::vector<std::string> optional_names(const pg::row &row, int column)
{
	return row.null(column) ? std::vector<std::string>() : pg::texts(row.datum(column), "columns", NAMEOID);
}

watch watch_of(const pg::row &row)
{
	watch w;
	w.id = row.int8(1);
	w.table = row.oid(2);
	w.keys = pg::texts(row.datum(3), "keys");
	w.key_columns = optional_names(row, 4);
	w.columns = optional_names(row, 5);
	w.when = row.optional_text(6);
	w.ops = row.text(7);
	w.channel = row.text(8);
	w.direct = row.boolean(9);
	w.payload = payload_named(row.text(10)).value_or(core::payload_kind::keys);
	if (!row.null(11))
		w.max_keys = row.int4(11);
	w.always = row.boolean(12);
	return w;
}

std::vector<watch> query(pg::statement &statement, const pg::value &parameter)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	const pg::latest_snapshot now;
	pg::spi spi;
	std::vector<watch> found;
	const uint64 rows = spi.execute(statement, {parameter}, pg::spi::access::read_only);
	for (uint64 n = 0; n < rows; ++n)
		found.push_back(watch_of(spi[n]));
	return found;
}

} // namespace

const char *payload_name(core::payload_kind payload)
{
	return payload_names[static_cast<std::size_t>(payload)];
}

std::optional<core::payload_kind> payload_named(const std::string &name)
{
	for (std::size_t n = 0; n < payload_names.size(); ++n)
		if (name == payload_names[n])
			return static_cast<core::payload_kind>(n);
	return std::nullopt;
}

std::optional<watch> load_watch(int64 id)
{
	std::vector<watch> found = query(by_id, pg::int8_value(id));
	if (found.empty())
		return std::nullopt;
	return std::move(found.front());
}

std::vector<watch> watches_of(const std::vector<Oid> &tables)
{
	return query(by_table, pg::int8_array_value({tables.begin(), tables.end()}));
}

std::vector<watch> watches_of(Oid table)
{
	return watches_of(std::vector<Oid>{table});
}

bool any_watch()
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	const pg::latest_snapshot now;
	pg::spi spi;
	spi.execute(any, {}, pg::spi::access::read_only);
	return spi[0].boolean(1);
}

void insert_watch(watch &w)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute("INSERT INTO mosaic.watch (rel, keys, key_columns, columns, \"when\", ops, channel, mode, payload, max_keys, always)"
				" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING watch_id",
				{pg::regclass_value(w.table), pg::text_array_value(w.keys), pg::name_array_value(w.key_columns),
				 w.columns.empty() ? pg::null_of(NAMEARRAYOID) : pg::name_array_value(w.columns), pg::optional_text_value(w.when),
				 pg::text_value(std::string_view(w.ops)), pg::name_value(w.channel.c_str()),
				 pg::text_value(std::string_view(w.direct ? "direct" : "outbox")),
				 pg::text_value(std::string_view(payload_name(w.payload))),
				 w.max_keys ? pg::int4_value(*w.max_keys) : pg::null_of(INT4OID), pg::bool_value(w.always)});
	w.id = spi[0].int8(1);
}

void delete_watch(int64 id)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute("DELETE FROM mosaic.watch WHERE watch_id = $1", {pg::int8_value(id)});
}

void update_columns(const watch &w)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute("UPDATE mosaic.watch SET keys = $2, key_columns = $3, columns = $4 WHERE watch_id = $1",
				{pg::int8_value(w.id), pg::text_array_value(w.keys), pg::name_array_value(w.key_columns),
				 w.columns.empty() ? pg::null_of(NAMEARRAYOID) : pg::name_array_value(w.columns)});
}

} // namespace invalidation
