// archive_callback.cpp: archives by a function of the user's.
//
// It runs as the owner of the table, in a restricted context, with a pinned
// search_path, in the step's own transaction; it is looked up each time, for it
// may have been replaced.  It may do its work in parts, and may refuse by an
// error or by NULL: then the partition stays, and the others go on.
#include "partition/archive_callback.hpp"

#include "pg/array.hpp"
#include "pg/function.hpp"
#include "pg/identity.hpp"
#include "pg/relation_size.hpp"

namespace partition {

namespace {

struct answer {
	bool done;
	std::optional<std::string> rows;
	std::optional<std::string> hash;
	std::optional<std::string> location;
};

constexpr const char *call_with_arguments =
	"(pg_catalog.jsonb_build_object('set', $1::text, 'parent', $2::text, 'schema', $3::text, 'partition', $4::text, 'lower_bound', $5::text, "
	"'upper_bound', $6::text, 'bytes', $7::bigint, 'rows', $8::bigint, 'hash', $9::text, 'columns', $10::text[], 'reason', $11::text, "
	"'attempt', $12::integer, 'previous', $13::jsonb))";

constexpr const char *example = "It answers {\"rows\": 123, \"location\": \"...\"} when the archive is complete, and {\"done\": false} before.";

[[noreturn]] void refuse(const set &settings, int sqlstate, const std::string &what, const std::string &detail)
{
	throw pg::failure(sqlstate, "archive_callback " + *settings.archive_callback + " " + what, detail, example);
}

std::string ask(const set &settings, const step &what, const departure &one)
{
	const std::string function = require_callback(settings);
	pg::spi spi;
	spi.execute("SELECT " + function + call_with_arguments,
				{pg::text_value(pg::qualified_name(settings.root)), pg::text_value(pg::qualified_name(settings.parent)), pg::text_value(one.schema),
				 pg::text_value(one.name), pg::text_value(what.lower), pg::text_value(what.upper), pg::int8_value(pg::relation_size(one.relation)),
				 pg::int8_value(*one.rows), pg::text_value(one.hash), pg::text_array_value(one.columns), pg::text_value(what.reason),
				 pg::int4_value(one.attempts + 1), pg::optional_text_value(one.result)});
	if (spi.size() != 1 || spi[0].null(1))
		refuse(settings, ERRCODE_NULL_VALUE_NOT_ALLOWED, "answered NULL", "That refuses the partition: it is not dropped.");
	return spi[0].output(1);
}

answer read(const std::string &json)
{
	pg::spi spi;
	spi.execute("SELECT coalesce(a -> 'done' <> 'false', true), a ->> 'rows', a ->> 'hash', a ->> 'location' FROM (SELECT $1::jsonb) AS answer (a)",
				{pg::text_value(json)});
	return {spi[0].boolean(1), spi[0].optional_text(2), spi[0].optional_text(3), spi[0].optional_text(4)};
}

} // namespace

std::string require_callback(const set &settings)
{
	return pg::require_function(*settings.archive_callback, JSONBOID, JSONBOID, pg::owner_of(settings.root));
}

bool archive_by_callback(const set &settings, const step &what, departure &one)
{
	const pg::acting_as owner(pg::owner_of(settings.parent));
	one.result = ask(settings, what, one);
	const answer said = read(*one.result);
	if (!said.done)
		return false;
	if (!said.rows)
		refuse(settings, ERRCODE_INVALID_PARAMETER_VALUE, "does not say how many rows it archived", "Its answer was " + *one.result + ".");
	if (*said.rows != std::to_string(*one.rows))
		refuse(settings, ERRCODE_DATA_CORRUPTED, "archived another number of rows",
			   "It says " + *said.rows + "; \"" + one.qualified() + "\" has " + std::to_string(*one.rows) + ".");
	if (said.hash && *said.hash != one.hash)
		refuse(settings, ERRCODE_DATA_CORRUPTED, "archived other rows",
			   "It says hash " + *said.hash + "; \"" + one.qualified() + "\" has " + one.hash + ".");
	one.format = "callback";
	one.compression.clear();
	one.location = said.location.value_or(std::string());
	return true;
}

} // namespace partition
