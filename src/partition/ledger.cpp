// ledger.cpp: reading and writing mosaic.partition_ledger.
#include "partition/ledger.hpp"

#include <algorithm>

#include "partition/write_block.hpp"
#include "pg/array.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"
#include "pg/row_digest.hpp"

namespace partition {

namespace {

#define OPEN "state IN ('blocked', 'verified', 'detached')"
#define DEPARTURE \
	"SELECT id, root, parent, relation, schema, name, lower_bound, upper_bound, bound, state, columns, layout::text, write_block, token::text, attempts, " \
	"last_error, result::text, format, compression, location, rows, hash::text, bytes, checksum, verified_at IS NOT NULL, drop_after " \
	"FROM mosaic.partition_ledger "

// Tables that stay detached for good need nothing more.
#define STAYS_OPEN OPEN " AND (state <> 'detached' OR drop_after IS NOT NULL) ORDER BY id"
constinit pg::statement select_open(DEPARTURE "WHERE parent = $1 AND " STAYS_OPEN);
constinit pg::statement select_open_of_set(DEPARTURE "WHERE root = $1 AND " STAYS_OPEN);
constinit pg::statement select_claim(DEPARTURE "WHERE relation = $1 AND " OPEN " FOR UPDATE SKIP LOCKED");
constinit pg::statement select_departed(DEPARTURE "WHERE root = $1 AND $2 IN (name, pg_catalog.quote_ident(schema) || '.' || pg_catalog.quote_ident(name), schema || '.' || name) "
												  "ORDER BY id DESC LIMIT 1 FOR UPDATE");
constinit pg::statement select_held("SELECT partition FROM mosaic.partition_hold WHERE root = $1");

constinit pg::statement upsert_blocked(
	"INSERT INTO mosaic.partition_ledger AS l (root, parent, relation, schema, name, lower_bound, upper_bound, bound, state, reason, write_block) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'blocked', $9, $10) ON CONFLICT (relation) WHERE " OPEN
	" DO UPDATE SET state = 'blocked', write_block = excluded.write_block, verified_at = NULL, rows = NULL, hash = NULL, columns = NULL, result = NULL");
constinit pg::statement update_attempt("UPDATE mosaic.partition_ledger SET attempts = attempts + 1, last_error = NULL, result = $2::jsonb WHERE id = $1");
constinit pg::statement update_contents("UPDATE mosaic.partition_ledger SET rows = $2, hash = $3::numeric, columns = $4, layout = $5::jsonb WHERE id = $1");
constinit pg::statement update_verified(
	"UPDATE mosaic.partition_ledger SET state = 'verified', verified_at = clock_timestamp(), attempts = attempts + 1, last_error = NULL, format = $2, "
	"compression = $3, location = $4, bytes = $5, checksum = $6, result = $7::jsonb WHERE id = $1");
constinit pg::statement update_failed("UPDATE mosaic.partition_ledger SET attempts = attempts + 1, last_error = $2 WHERE relation = $1 AND state IN ('blocked', 'verified')");
constinit pg::statement upsert_detached(
	"INSERT INTO mosaic.partition_ledger AS l (root, parent, relation, schema, name, lower_bound, upper_bound, bound, state, reason, detached_at, drop_after) "
	"SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'detached', $9, now, CASE WHEN $11 THEN now + $10::interval END FROM (SELECT clock_timestamp() AS now) AS clock "
	"ON CONFLICT (relation) WHERE " OPEN " DO UPDATE SET state = 'detached', detached_at = excluded.detached_at, drop_after = excluded.drop_after");
constinit pg::statement update_dropped("UPDATE mosaic.partition_ledger SET state = 'dropped', relation = NULL, dropped_at = clock_timestamp() WHERE relation = $1 AND " OPEN);
constinit pg::statement update_released("UPDATE mosaic.partition_ledger SET state = 'released', released_at = clock_timestamp() WHERE relation = $1 AND " OPEN);
constinit pg::statement update_restored("UPDATE mosaic.partition_ledger SET state = 'restored', relation = $2, restored_at = clock_timestamp() WHERE id = $1");
constinit pg::statement update_gone("UPDATE mosaic.partition_ledger SET state = 'dropped', relation = NULL, dropped_at = clock_timestamp() WHERE root = $1 AND " OPEN
									" AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = relation)");
constinit pg::statement insert_hold("INSERT INTO mosaic.partition_hold (partition, root, reason) VALUES ($1, $2, $3) "
									"ON CONFLICT (partition) DO UPDATE SET reason = excluded.reason");
constinit pg::statement delete_hold("DELETE FROM mosaic.partition_hold WHERE partition = $1");

stage stage_of(const std::string &state)
{
	if (state == "blocked")
		return stage::blocked;
	if (state == "verified")
		return stage::verified;
	if (state == "detached")
		return stage::detached;
	return state == "dropped" ? stage::dropped : stage::other;
}

std::string text_or_empty(const pg::row &row, int column)
{
	return row.optional_text(column).value_or(std::string());
}

departure departure_from(const pg::row &row)
{
	departure one;
	int column = 0;
	one.id = row.int8(++column);
	one.root = row.oid(++column);
	one.parent = row.oid(++column);
	if (!row.null(++column))
		one.relation = row.oid(column);
	one.schema = row.text(++column);
	one.name = row.text(++column);
	one.lower = row.text(++column);
	one.upper = row.text(++column);
	one.bound = row.text(++column);
	one.state = row.text(++column);
	one.at = stage_of(one.state);
	if (!row.null(++column))
		one.columns = pg::texts(row.datum(column), "columns");
	one.layout = row.optional_text(++column);
	one.write_block = text_or_empty(row, ++column);
	one.token = row.text(++column);
	one.attempts = row.int4(++column);
	one.last_error = text_or_empty(row, ++column);
	one.failed = !row.null(column);
	one.result = row.optional_text(++column);
	one.format = text_or_empty(row, ++column);
	one.compression = text_or_empty(row, ++column);
	one.location = text_or_empty(row, ++column);
	if (!row.null(++column))
		one.rows = row.int8(column);
	one.hash = text_or_empty(row, ++column);
	if (!row.null(++column))
		one.bytes = row.int8(column);
	one.checksum = text_or_empty(row, ++column);
	one.verified = row.boolean(++column);
	if (!row.null(++column))
		one.drop_after = DatumGetTimestampTz(row.datum(column));
	return one;
}

// The ledger is the extension's: the owner of a table sees it, and cannot
// write into it what would let a partition go.
uint64 run(pg::statement &statement, std::initializer_list<pg::value> parameters)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	return pg::spi().execute(statement, parameters);
}

std::optional<departure> one_of(pg::statement &statement, std::initializer_list<pg::value> parameters)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute(statement, parameters);
	return spi.size() == 0 ? std::nullopt : std::optional(departure_from(spi[0]));
}

pg::value text_or_null(const std::string &text)
{
	return text.empty() ? pg::null_of(TEXTOID) : pg::text_value(text);
}

std::string bound_literal(const std::string &bound)
{
	return bound == "MINVALUE" || bound == "MAXVALUE" ? bound : pg::quoted_literal(bound.c_str());
}

// Only RANGE partitions retire; what is detached no longer knows its bounds.
std::string values_of(const step &what)
{
	return "FOR VALUES FROM (" + bound_literal(what.lower) + ") TO (" + bound_literal(what.upper) + ")";
}

std::string bare_schema(Oid partition)
{
	return pg::schema_name(pg::schema_of(partition));
}

} // namespace

std::string departure::qualified() const
{
	return pg::quoted_identifier(schema.c_str()) + "." + pg::quoted_identifier(name.c_str());
}

const departure *leaving::find(Oid partition) const
{
	const auto found = std::find_if(open.begin(), open.end(), [=](const departure &one) { return one.relation == partition; });
	return found == open.end() ? nullptr : &*found;
}

bool leaving::is_held(Oid partition) const
{
	return std::find(held.begin(), held.end(), partition) != held.end();
}

static leaving read_leaving(pg::statement &open, Oid of, const set &settings)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	leaving out;
	pg::spi spi;
	spi.execute(open, {pg::regclass_value(of)}, pg::spi::access::read_latest);
	for (uint64 n = 0; n < spi.size(); ++n)
		out.open.push_back(departure_from(spi[n]));
	spi.execute(select_held, {pg::regclass_value(settings.root)}, pg::spi::access::read_latest);
	for (uint64 n = 0; n < spi.size(); ++n)
		out.held.push_back(spi[n].oid(1));
	return out;
}

leaving leaving_from(const set &settings)
{
	return read_leaving(select_open, settings.parent, settings);
}

leaving leaving_of_set(const set &settings)
{
	return read_leaving(select_open_of_set, settings.root, settings);
}

bool is_intact(const departure &one)
{
	return !one.write_block.empty() && block_identity(one.relation) == one.write_block &&
		   (one.columns.empty() || pg::stored_columns(one.relation) == one.columns);
}

std::string why_kept(const set &settings, const departure &one, const leaving &out)
{
	if (OidIsValid(pg::parent_of(one.relation)))
		return "it has been attached again";
	if (pg::qualified_name(one.relation) != one.qualified())
		return "it has been renamed, from " + one.qualified();
	if (settings.retention_action == "archive" && !one.verified)
		return "it is not archived, as the set wants it by now";
	if (one.verified && !is_intact(one))
		return "its columns have changed, or somebody has touched the triggers that keep writes out of it";
	return out.is_held(one.relation) ? "it is held" : "";
}

std::optional<departure> claim_departure(Oid partition)
{
	return one_of(select_claim, {pg::regclass_value(partition)});
}

std::optional<departure> departed(Oid root, const std::string &name)
{
	return one_of(select_departed, {pg::regclass_value(root), pg::text_value(name)});
}

void note_blocked(const set &settings, const step &what, const std::string &write_block)
{
	run(upsert_blocked, {pg::regclass_value(settings.root), pg::regclass_value(settings.parent), pg::regclass_value(what.partition),
						 pg::text_value(bare_schema(what.partition)), pg::text_value(pg::relation_name(what.partition)), pg::text_value(what.lower),
						 pg::text_value(what.upper), pg::text_value(values_of(what)), pg::text_value(what.reason),
						 pg::text_value(write_block)});
}

void note_attempt(const departure &one)
{
	run(update_attempt, {pg::int8_value(one.id), pg::optional_text_value(one.result)});
}

void note_contents(const departure &one)
{
	run(update_contents, {pg::int8_value(one.id), pg::int8_value(*one.rows), pg::text_value(one.hash), pg::text_array_value(one.columns),
						  pg::optional_text_value(one.layout)});
}

void note_verified(const departure &one)
{
	run(update_verified, {pg::int8_value(one.id), pg::text_value(one.format), text_or_null(one.compression), text_or_null(one.location),
						  pg::int8_value(one.bytes), text_or_null(one.checksum), pg::optional_text_value(one.result)});
}

void note_failed(Oid partition, const std::string &error)
{
	run(update_failed, {pg::regclass_value(partition), pg::text_value(error)});
}

void note_detached(const set &settings, const step &what)
{
	const bool goes = settings.retention_action == "drop" || settings.retention_action == "archive";
	run(upsert_detached, {pg::regclass_value(settings.root), pg::regclass_value(settings.parent), pg::regclass_value(what.partition),
						  pg::text_value(bare_schema(what.partition)), pg::text_value(pg::relation_name(what.partition)), pg::text_value(what.lower),
						  pg::text_value(what.upper), pg::text_value(values_of(what)), pg::text_value(what.reason), pg::text_value(settings.cooldown),
						  pg::bool_value(goes)});
}

void note_dropped(Oid partition)
{
	run(update_dropped, {pg::regclass_value(partition)});
}

void note_released(Oid partition)
{
	run(update_released, {pg::regclass_value(partition)});
}

void note_restored(const departure &one, Oid partition)
{
	run(update_restored, {pg::int8_value(one.id), pg::regclass_value(partition)});
}

void close_departures_of_gone(Oid root)
{
	run(update_gone, {pg::regclass_value(root)});
}

void hold(Oid partition, Oid root, const std::string &reason)
{
	run(insert_hold, {pg::regclass_value(partition), pg::regclass_value(root), pg::text_value(reason)});
}

bool release_hold(Oid partition)
{
	return run(delete_hold, {pg::regclass_value(partition)}) > 0;
}

} // namespace partition
