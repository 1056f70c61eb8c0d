// log.cpp: the record of what maintenance did, and of what went wrong.
#include "partition/log.hpp"

#include "partition/apply.hpp"
#include "partition/counters.hpp"
#include "partition/settings.hpp"
#include "pg/identity.hpp"
#include "pg/spi.hpp"

namespace partition {

namespace {

constinit pg::statement insert_log(
	"INSERT INTO mosaic.partition_log (parent, action, partition, lower_bound, upper_bound, outcome, lock_tries, duration, sqlstate, detail, command) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8 * interval '1 second', $9, $10, $11)");
constinit pg::statement delete_log("DELETE FROM mosaic.partition_log WHERE at < now() - $1 * interval '1 day'");

// The wait doubles from a minute to an hour; 12 % of jitter keeps sets that
// failed together from coming back together.
constinit pg::statement upsert_failure(
	"INSERT INTO mosaic.partition_failure AS f (parent, work, failures, failed_at, next_try, sqlstate, message, detail, hint) "
	"VALUES ($1, $7, 1, clock_timestamp(), clock_timestamp() + $6 * interval '1 second' * (0.88 + 0.24 * random()), $2, $3, $4, $5) "
	"ON CONFLICT (parent, work) DO UPDATE SET failures = f.failures + 1, failed_at = excluded.failed_at, "
	"next_try = clock_timestamp() + least(interval '1 hour', $6 * interval '1 second' * power(2, least(f.failures, 16))) * (0.88 + 0.24 * random()), "
	"sqlstate = excluded.sqlstate, message = excluded.message, detail = excluded.detail, hint = excluded.hint");
constexpr double first_wait_seconds = 60;
constexpr double first_wait_after_conflict_seconds = 5;

constinit pg::statement delete_failure("DELETE FROM mosaic.partition_failure WHERE parent = $1 AND work = $2");
constinit pg::statement insert_confirmation("INSERT INTO mosaic.retention_confirmed (parent) VALUES ($1) ON CONFLICT DO NOTHING");
constinit pg::statement delete_confirmation("DELETE FROM mosaic.retention_confirmed WHERE parent = $1");

pg::value text_or_null(const std::string &text)
{
	return text.empty() ? pg::null_of(TEXTOID) : pg::text_value(text);
}

pg::value text_or_null(const char *text)
{
	return text == nullptr ? pg::null_of(TEXTOID) : pg::text_value(text);
}

void run(pg::statement &statement, std::initializer_list<pg::value> parameters)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi().execute(statement, parameters);
}

bool is_conflict(int sqlstate)
{
	const int category = ERRCODE_TO_CATEGORY(sqlstate);
	return category == ERRCODE_TO_CATEGORY(ERRCODE_LOCK_NOT_AVAILABLE) || category == ERRCODE_TO_CATEGORY(ERRCODE_T_R_SERIALIZATION_FAILURE);
}

} // namespace

void write(const log_entry &entry)
{
	run(insert_log, {pg::regclass_value(entry.parent), pg::text_value(entry.action), text_or_null(entry.partition), text_or_null(entry.lower),
					 text_or_null(entry.upper), pg::text_value(entry.outcome), pg::int4_value(entry.lock_tries), pg::float8_value(entry.seconds),
					 text_or_null(entry.sqlstate), text_or_null(entry.detail), text_or_null(entry.command)});
}

void record(const log_entry &entry)
{
	write(entry);
	count_action(entry.action, entry.outcome);
}

std::string error_text(const ErrorData &error)
{
	return error.message + (error.detail != nullptr ? std::string(": ") + error.detail : "");
}

void record_failed_step(const set &settings, const step &what, const ErrorData &error)
{
	record({settings.root, action_name(what.what), partition_name(what), what.lower, what.upper, "failed", 0, 0,
			unpack_sql_state(error.sqlerrcode), error_text(error), {}});
}

void purge_log()
{
	run(delete_log, {pg::int4_value(settings::log_days)});
}

static const char *name_of(work kind)
{
	switch (kind)
	{
	case work::create:
		return "create";
	case work::retain:
		return "retain";
	case work::drain:
		return "drain";
	}
	return nullptr;
}

void record_failure(Oid parent, work kind, const ErrorData &error)
{
	const double wait = is_conflict(error.sqlerrcode) ? first_wait_after_conflict_seconds : first_wait_seconds;
	run(upsert_failure, {pg::regclass_value(parent), pg::text_value(unpack_sql_state(error.sqlerrcode)), text_or_null(error.message),
						 text_or_null(error.detail), text_or_null(error.hint), pg::float8_value(wait), pg::text_value(name_of(kind))});
}

void clear_failure(Oid parent, work kind)
{
	run(delete_failure, {pg::regclass_value(parent), pg::text_value(name_of(kind))});
}

void confirm_retention(Oid parent)
{
	run(insert_confirmation, {pg::regclass_value(parent)});
}

void clear_confirmation(Oid parent)
{
	run(delete_confirmation, {pg::regclass_value(parent)});
}

} // namespace partition
