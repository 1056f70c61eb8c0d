// whole_table.cpp: reporting a table as a whole.
#include "invalidation/pending.hpp"
#include "invalidation/settings.hpp"

#include "pg/encoding.hpp"

namespace invalidation {

namespace {

target target_of(const watch &w, const std::string &table_name, const std::string &bare_name)
{
	target t;
	t.watch_id = w.id;
	t.payload = w.payload;
	t.direct = is_direct(w.direct);
	t.channel = w.channel;
	t.table_name = table_name;
	if (w.payload == core::payload_kind::row)
		t.bare_name = bare_name;
	t.max_keys = static_cast<std::size_t>(w.max_keys.value_or(settings::max_keys));
	return t;
}

void report(const watch &w, core::all_reason why, const std::string &table_name, const std::string &bare_name)
{
	pending::set_all(pending::find_or_add(target_of(w, table_name, bare_name)), why);
	pending::added();
}

} // namespace

void report_whole_table(const watch &w, core::all_reason why)
{
	report(w, why, table_name_utf8(w.table), bare_name_utf8(w.table));
}

void report_whole_table(const watch &w, core::all_reason why, const std::string &table_name, const std::string &bare_name)
{
	report(w, why, pg::to_utf8(table_name).value_or(table_name), pg::to_utf8(bare_name).value_or(bare_name));
}

} // namespace invalidation
