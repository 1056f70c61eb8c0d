// manual_functions.cpp: changes named by hand, and what is pending.
#include "invalidation/pending.hpp"
#include "invalidation/settings.hpp"
#include "invalidation/watch_checks.hpp"

#include "pg/array.hpp"
#include "pg/encoding.hpp"
#include "pg/hierarchy.hpp"
#include "pg/identity.hpp"
#include "pg/rowset.hpp"

namespace invalidation {

namespace {

target target_of_channel(std::string_view channel)
{
	target t;
	t.channel = channel;
	t.direct = is_direct(false);
	t.max_keys = static_cast<std::size_t>(settings::max_keys);
	return t;
}

std::string require_key(const std::string &key)
{
	const auto utf8 = pg::to_utf8(key);
	if (!utf8 || core::json_length(*utf8, payload_charset()) > key_limit())
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "key is too long",
						  "It has " + std::to_string(key.size()) + " bytes; as JSON it may have " + std::to_string(key_limit()) + ".",
						  "Shorten it, or raise mosaic.max_key_bytes.");
	return *utf8;
}

core::all_reason require_reason(const std::string &name)
{
	const core::all_reason reason = core::reason_named(name);
	if (reason == core::all_reason::none)
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "unknown reason \"" + name + "\"", "",
						  "Use 'manual', 'truncate', 'ddl', 'overflow' or 'longkey'.");
	return reason;
}

const char *shown_operation(core::row_operation operation)
{
	return operation == core::row_operation::none ? nullptr : core::operation_name(operation);
}

pg::value optional_text(const char *text)
{
	return text == nullptr ? pg::null_of(TEXTOID) : pg::text_value(std::string_view(text));
}

} // namespace

} // namespace invalidation

using namespace invalidation;

PG_FUNCTION(mosaic_invalidate)
{
	const pg::arguments in(fcinfo);
	const std::string channel = NameStr(*DatumGetName(in.datum(1)));
	require_channel(channel);
	std::vector<std::string> keys;
	for (const std::string &key : pg::texts(in.datum(0), "keys"))
		keys.push_back(require_key(key));
	if (!settings::enabled || keys.empty())
		PG_RETURN_VOID();
	const pending::group group = pending::find_or_add(target_of_channel(channel));
	for (const std::string &key : keys)
		pending::add(group, key, core::row_operation::none);
	pending::added();
	PG_RETURN_VOID();
}

PG_FUNCTION(mosaic_invalidate_table)
{
	const pg::arguments in(fcinfo);
	const Oid table = in.oid(0);
	const core::all_reason why = require_reason(in.text(1));
	if (pg::relation_kind(table) == 0)
		throw pg::failure(ERRCODE_UNDEFINED_TABLE, "relation with OID " + std::to_string(table) + " does not exist");
	pg::require_ownership(table);
	const std::vector<watch> all = watches_of(table);
	if (all.empty())
		throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "table " + pg::qualified_name(table) + " is not watched", "",
						  "Watch it: SELECT mosaic.watch('" + pg::qualified_name(table) + "');");
	if (settings::enabled)
		for (const watch &w : all)
			report_whole_table(w, why);
	PG_RETURN_VOID();
}

PG_FUNCTION(mosaic_pending)
{
	pg::rowset rows(fcinfo);
	const core::key_set *set = pending::keys();
	if (set == nullptr)
		return 0;
	const auto add = [&](const target &t, const pg::value &key, const char *operation, const char *reason) {
		rows.add({pg::int8_value(t.watch_id), pg::name_value(std::string(t.channel).c_str()), key, optional_text(operation),
				  pg::bool_value(reason != nullptr), optional_text(reason)});
	};
	for (core::key_set::group g = 0; g < set->groups(); ++g)
		if (set->all(g) != core::all_reason::none)
			add(pending::target_of(g), pg::null_of(TEXTOID), nullptr, core::reason_name(set->all(g)));
	for (const core::key_set::entry &entry : set->entries())
		if (set->all(entry.owner) == core::all_reason::none)
			add(pending::target_of(entry.owner), pg::text_value(std::string_view(pg::from_utf8(set->key(entry)))),
				shown_operation(entry.operation), nullptr);
	return 0;
}
