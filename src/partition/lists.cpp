// lists.cpp: the lists of a LIST set.
#include "partition/lists.hpp"

#include "pg/identity.hpp"
#include "pg/spi.hpp"

namespace partition {

const char *const lists_example = "Give lists such as '{\"na\": [\"US\", \"CA\"], \"eu\": [\"DE\", \"FR\"], \"none\": [null]}'.";

namespace {

constinit pg::statement kind_of("SELECT pg_catalog.jsonb_typeof($1::pg_catalog.jsonb)");
// Order of the names as stored; of the keys as given.
constinit pg::statement elements(
	"SELECT l.key, pg_catalog.jsonb_typeof(l.value), e.value #>> '{}', pg_catalog.jsonb_typeof(e.value) FROM pg_catalog.jsonb_each($1::pg_catalog.jsonb) l "
	"LEFT JOIN LATERAL pg_catalog.jsonb_array_elements(CASE pg_catalog.jsonb_typeof(l.value) WHEN 'array' THEN l.value END) "
	"WITH ORDINALITY e(value, n) ON true ORDER BY l.key, e.n");

[[noreturn]] void refuse(const std::string &detail)
{
	throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "invalid lists", detail, lists_example);
}

void require_unique(const std::vector<list> &lists, const list_key &key, const std::string &name, const pg::partition_table &table)
{
	if (const list *other = list_with(key, lists, table))
		refuse("The key " + key_texts({key}) + " stands in \"" + other->name + "\" and again in \"" + name + "\".");
}

// The session that gives a date, the worker that makes its partition and the
// one that looks at it read and write it alike.
class settled_formats {
public:
	explicit settled_formats(const pg::time_zone &zone)
	{
		pg::set_local("DateStyle", "ISO, YMD");
		pg::set_local("IntervalStyle", "postgres");
		pg::set_local("TimeZone", pg_get_timezone_name(zone.get()));
	}

private:
	pg::setting_scope settings_;
};

list_key parse_list_key(const std::optional<std::string> &text, const pg::partition_table &table)
{
	if (!text)
		return {true, 0, "NULL"};
	const pg::partition_key key = table.key();
	const Datum datum = pg::input(key.type, text->c_str(), key.typmod);
	return {false, datum, pg::output(key.type, datum)};
}

void read_element(const pg::row &row, std::vector<list> &lists, const pg::partition_table &table)
{
	const std::string name = row.text(1);
	if (name.empty())
		refuse("A list has no name.");
	if (row.text(2) != "array")
		refuse("\"" + name + "\" is not an array.");
	if (row.null(4))
		refuse("\"" + name + "\" is empty.");
	const std::string kind = row.text(4);
	if (kind == "array" || kind == "object")
		refuse("\"" + name + "\" holds " + (kind == "array" ? "an array" : "an object") + " where a key should be.");
	list_key key = parse_list_key(row.optional_text(3), table);
	require_unique(lists, key, name, table);
	if (lists.empty() || lists.back().name != name)
		lists.push_back({name, {}});
	lists.back().keys.push_back(std::move(key));
}

} // namespace

std::vector<list_key> parse_list_keys(const std::vector<std::optional<std::string>> &texts, const pg::partition_table &table, const pg::time_zone &zone)
{
	const settled_formats formats(zone);
	std::vector<list_key> keys;
	for (const std::optional<std::string> &text : texts)
		keys.push_back(parse_list_key(text, table));
	return keys;
}

const list *list_with(const list_key &key, const std::vector<list> &lists, const pg::partition_table &table)
{
	for (const list &one : lists)
		for (const list_key &taken : one.keys)
			if (same_key(taken, key, table))
				return &one;
	return nullptr;
}

bool same_key(const list_key &a, const list_key &b, const pg::partition_table &table)
{
	if (a.null || b.null)
		return a.null && b.null;
	return table.equal(a.datum, b.datum);
}

std::vector<list> parse_lists(const std::string &json, const pg::partition_table &table, const pg::time_zone &zone)
{
	const settled_formats formats(zone);
	MemoryContext const keys_live_here = CurrentMemoryContext;
	pg::spi spi;
	spi.execute(kind_of, {pg::text_value(json)}, pg::spi::access::read_latest);
	if (spi[0].text(1) != "object")
		refuse("It is not a JSON object.");
	spi.execute(elements, {pg::text_value(json)}, pg::spi::access::read_latest);
	const pg::memory_switch outside(keys_live_here);
	std::vector<list> lists;
	for (uint64 n = 0; n < spi.size(); ++n)
	{
		pg::check_for_interrupts();
		read_element(spi[n], lists, table);
	}
	if (lists.empty())
		refuse("It has no list.");
	return lists;
}

static std::string joined(const std::vector<list_key> &keys, const char *separator, std::string (*text_of)(const list_key &))
{
	std::string text;
	for (const list_key &key : keys)
		text += (text.empty() ? "" : separator) + text_of(key);
	return text;
}

std::string key_literals(const std::vector<list_key> &keys)
{
	return joined(keys, ", ", [](const list_key &key) { return key.null ? std::string("NULL") : pg::quoted_literal(key.text.c_str()); });
}

// As array_out() has it.
static std::string array_element(const list_key &key)
{
	const bool plain = !key.text.empty() && key.text.find_first_of(" \t\n\r\v\f,{}\"\\") == std::string::npos;
	if (key.null || (plain && pg_strcasecmp(key.text.c_str(), "NULL") != 0))
		return key.text;
	std::string quoted = "\"";
	for (const char c : key.text)
	{
		if (c == '"' || c == '\\')
			quoted += '\\';
		quoted += c;
	}
	return quoted + "\"";
}

std::string key_texts(const std::vector<list_key> &keys)
{
	return "{" + joined(keys, ",", array_element) + "}";
}

} // namespace partition
