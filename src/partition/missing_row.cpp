// missing_row.cpp: does policy allow a partition for this row?
//
// A pass would make it: coverage is late, somebody dropped it, or auto_lists
// gives any key a list.  Everything else, a date in the year 9999 or a region
// that nobody has heard of, makes nothing however often it comes: it is judged
// here, in the session that brought it, and costs the worker no pass.
#include "partition/missing_row.hpp"

#include "partition/lists.hpp"
#include "partition/misses.hpp"
#include "partition/settings.hpp"
#include "partition/tree.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"

namespace partition {

namespace {

constexpr std::size_t shown_bytes = 200;

struct verdict {
	std::optional<wanted> make; // nothing: not by itself
	bool sure = false;			// it will take this very row
};

std::string key_text(const set &level, const pg::missing_key &key)
{
	if (key.null)
		return "NULL";
	const Oid type = pg::partition_table(level.parent).key().type;
	return bound_text(type, {pg::range_bound::kind::value, key.datum}, pg::time_zone(level.time_zone));
}

verdict judge_list(const set &level, const pg::missing_key &key)
{
	const pg::partition_table table(level.parent);
	const list_key wanted_key{key.null, key.datum, {}};
	if (level.lists && list_with(wanted_key, parse_lists(*level.lists, table, pg::time_zone(level.time_zone)), table) != nullptr)
		return {wanted{level.parent, false, {}}, true};
	if (!level.auto_lists || table.count() >= settings::max_auto_lists)
		return {};
	return {wanted{level.parent, true, key.null ? std::nullopt : std::optional(key_text(level, key))}, true};
}

verdict judge_range(const set &level, const pg::missing_key &key)
{
	if (key.null)
		return {};
	const range_set open(level);
	const position now = open.now(GetCurrentTimestamp());
	if (!is_within_coverage(open, open.axis_key().decode(key.datum, rounding::down), now))
		return {};
	return {wanted{level.parent, false, {}}, true};
}

// Where the key is not known, what is due is made, and may or may not help.
verdict judge_unknown(const set &level)
{
	for (const step &what : plan_level(level, {GetCurrentTimestamp()}).steps)
		if (!is_retirement(what.what))
			return {wanted{level.parent, false, {}}, false};
	return {};
}

verdict judge(const set &level, const pg::missing_row &row)
{
	if (level.create_paused)
		return {};
	if (level.strategy == strategy_name(pg::partition_strategy::hash))
		return {wanted{level.parent, false, {}}, true};
	if (!row.key)
		return judge_unknown(level);
	return level.strategy == strategy_name(pg::partition_strategy::list) ? judge_list(level, *row.key) : judge_range(level, *row.key);
}

std::string shown_key(const set &level, const pg::missing_row &row)
{
	const std::string key = row.key ? key_text(level, *row.key) : "unknown";
	return pg::clipped(pg::partition_key_text(level.parent) + " = " + key, shown_bytes);
}

} // namespace

bool heed_missing_row(const pg::missing_row &row, bool served)
{
	const pg::latest_snapshot now;
	const Oid root = set_around(row.table);
	const std::optional<set_state> managed = find_set(root);
	const std::optional<set> level = managed ? find_level(managed->settings, row.table) : std::nullopt;
	if (!level)
		return false;
	verdict found;
	std::string key;
	{
		const pg::acting_as owner(pg::owner_of(root));
		// A key that does not even fit its key_format is nonsense too.
		[[maybe_unused]] const ErrorData *unfit = pg::attempt([&] { found = judge(*level, row); });
		key = shown_key(*level, row);
	}
	if (served && found.make && want(*found.make))
		return found.sure;
	count_missed(root, key);
	return false;
}

} // namespace partition
