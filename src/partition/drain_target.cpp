// drain_target.cpp: which rows of a default partition go where, next.
//
// Where a row belongs is not asked of the row alone.  A partition is made for
// it only where a pass would make or have made one: up to the end of the
// coverage, so that one row of the year 9999 leads to no partition and, with a
// numeric key, does not move the set's present there; and not before what the
// set still keeps, where the next pass of retention would drop it, rows and
// all.  Everything else stays in the default, for people to look at.
//
// A range with many rows is moved in several steps, by ascending keys: its
// partition begins with the range's lower bound and grows (see drain_move.cpp).
// How many rows a step takes follows from how long those before it kept
// everybody waiting.  Rows with one and the same key go together.
#include "partition/drain_target.hpp"

#include <algorithm>

#include "partition/default_partition.hpp"
#include "partition/growing.hpp"
#include "pg/foreign_keys.hpp"
#include "pg/hierarchy.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"
#include "pg/partition_condition.hpp"

namespace partition {

namespace {

// Without an index each step reads the default under ACCESS EXCLUSIVE.
constexpr int64 most_pages_without_index = 4096;

// Beside the time that a try for the locks may take, and well below a tenth of
// a second with it.
constexpr int64 bearable_wait = 20 * 1000;
constexpr int slowest_pace = 500;

// A RANGE level and its default: questions about the order of keys.
class ordered_default {
public:
	explicit ordered_default(const set &level) : open_(level), default_(open_.table().default_partition()) {}

	const range_set &open() const { return open_; }
	Oid partition() const { return default_; }

	std::string key() const
	{
		const bool collates = OidIsValid(open_.table().key().collation);
		return "(" + pg::partition_key_text(open_.table().oid()) + ")" + (collates ? " COLLATE \"C\"" : "");
	}

	// Of the type of what it is compared with.
	std::string literal(const std::string &bound) const { return pg::quoted_literal(bound.c_str()); }

	Datum read(const std::string &bound) const
	{
		const pg::setting_scope settings;
		pg::set_local("DateStyle", "ISO, YMD");
		pg::set_local("TimeZone", "UTC");
		return pg::input(open_.axis_key().type(), bound.c_str());
	}

	position place(const std::string &bound, rounding round) const { return open_.axis_key().decode(read(bound), round); }

	// A bound as text that reads the same whatever zone the set has.
	std::string text(const pg::range_bound &bound) const { return open_.axis_key().text(bound, pg::time_zone("UTC")); }

	// The key so many rows on, of those with a condition.
	std::optional<std::string> key_at(const std::string &condition, int64 offset = 0) const
	{
		const Oid parent = open_.table().oid();
		const pg::acting_as owner(pg::owner_of(parent));
		pg::set_local("row_security", "off");
		pg::set_local("DateStyle", "ISO, YMD");
		pg::set_local("TimeZone", "UTC");
		pg::spi spi;
		spi.execute("SELECT " + key() + " FROM " + pg::qualified_name(default_) + " WHERE " + condition + " ORDER BY 1 OFFSET " +
						std::to_string(offset) + " LIMIT 1",
					{}, pg::spi::access::read_latest);
		return spi.size() == 0 ? std::nullopt : std::optional(spi[0].output(1));
	}

	std::string from(const std::string &bound) const { return key() + " >= " + literal(bound); }

private:
	range_set open_;
	Oid default_;
};

std::string condition_of(const step &what)
{
	return pg::partition_condition(what.parent, what.values);
}

// The first key that retention would not soon drop again, where it drops any.
std::optional<position> first_kept(const range_set &open, const position &now)
{
	std::optional<position> first;
	if (!open.retention() && !open.settings().retain_partitions && !open.settings().retain_bytes)
		return first;
	if (open.table().bounded() > 0)
		first = open.lower(open.table().range(0));
	if (open.retention())
	{
		const position cutoff = open.boundaries().floor(open.boundaries().before(now, *open.retention()));
		if (!first || open.axis_key().compare(*first, cutoff) < 0)
			first = cutoff;
	}
	return first;
}

// The partition, to be made, that takes a key: a gap between partitions, cut
// at the grid.  An interval rarely has more than one.
std::optional<step> partition_taking(const ordered_default &rows, const std::string &key, const position &now)
{
	const range_set &open = rows.open();
	const position at = rows.place(key, rounding::down);
	for (int limit = 1;; limit *= 2)
	{
		pg::check_for_interrupts();
		plan steps = plan_creation(open, open.boundaries().floor(at), now, limit);
		for (step &what : steps)
		{
			what.parent = open.table().oid();
			if (default_holds(what.parent, rows.partition(), condition_of(what) + " AND " + rows.key() + " = " + rows.literal(key)))
				return what;
		}
		if (static_cast<int>(steps.size()) < limit)
			return std::nullopt;
		const std::optional<position> reached = rows.place(steps.back().lower, rounding::down);
		if (open.axis_key().compare(at, *reached) < 0)
			return std::nullopt;
	}
}

step bounded_by(const ordered_default &rows, step what, const std::string &lower, const std::string &upper)
{
	const auto quoted = [&](const std::string &bound) {
		return pg::quoted_literal(rows.text({pg::range_bound::kind::value, rows.read(bound)}).c_str());
	};
	what.lower = lower;
	what.upper = upper;
	what.values = "FOR VALUES FROM (" + quoted(lower) + ") TO (" + (upper == "MAXVALUE" ? upper : quoted(upper)) + ")";
	return what;
}

// A partition cannot be taken off where foreign keys point to its rows.
bool can_grow(const set &level)
{
	return pg::foreign_keys_of(level.parent).referencing.empty();
}

std::string too_many(const drain_course &course, const std::string &of)
{
	return "more than " + std::to_string(course.batch) + " rows " + of + "; they move together, with a larger batch";
}

// The key beyond so many rows with a condition, those below which can be moved
// alone; and how many that are, up to a limit.
struct divide {
	std::string key;
	int64 rows;
};

std::optional<divide> dividing_key(const ordered_default &rows, const set &level, const std::string &condition, int64 offset, int64 limit)
{
	const std::optional<std::string> beyond = rows.key_at(condition, offset);
	if (!beyond)
		return std::nullopt;
	const auto below = [&](const std::string &key) { return condition + " AND " + rows.key() + " < " + rows.literal(key); };
	if (default_holds(level.parent, rows.partition(), below(*beyond)))
		return divide{*beyond, offset};
	// They all have the lowest key.
	const std::optional<std::string> next = rows.key_at(condition + " AND " + rows.key() + " > " + rows.literal(*beyond));
	if (!next)
		return std::nullopt;
	return divide{*next, rows_in_default(level.parent, rows.partition(), below(*next), limit)};
}

// As many rows of a range as the pace allows, the lowest keys first, but never
// more than a batch.
std::optional<chunk> cut(const ordered_default &rows, const set &level, chunk whole, drain_course &course)
{
	const std::string condition = whole.condition;
	const int64 most = static_cast<int64>(course.batch) + 1;
	const bool divisible = can_grow(level);
	const std::optional<divide> at = divisible ? dividing_key(rows, level, condition, course.pace, most) : std::nullopt;
	if (at && at->rows < most)
	{
		whole.what = bounded_by(rows, whole.what, whole.what.lower, at->key);
		whole.condition = condition_of(whole.what);
		whole.last = false;
		return whole;
	}
	if (!at && rows_in_default(level.parent, rows.partition(), condition, most) < most)
		return whole;
	pass_over(whole, course, too_many(course, divisible ? "with one key" : "for one partition of a table that foreign keys point to"));
	return std::nullopt;
}

// The chunk continues a partition that an earlier one began.
chunk continued(const ordered_default &rows, chunk next)
{
	const std::optional<growing> begun = growing_at(rows.open().table(), rows.read(next.what.lower));
	if (!begun || begun->upper != next.upper)
		return next;
	next.growing = begun->partition;
	next.what = bounded_by(rows, next.what, begun->lower, next.what.upper);
	next.what.name = pg::relation_name(begun->partition);
	return next;
}

std::optional<chunk> next_range(const set &level, drain_course &course, TimestampTz reference_time)
{
	const ordered_default rows(level);
	const range_set &open = rows.open();
	const position now = open.now(reference_time);
	const std::optional<position> kept = first_kept(open, now);
	for (;;)
	{
		pg::check_for_interrupts();
		const std::optional<std::string> key = rows.key_at(course.from.empty() ? rows.key() + " IS NOT NULL" : rows.from(course.from));
		if (!key)
			return std::nullopt;
		const position at = rows.place(*key, rounding::down);
		if (open.is_infinite(at))
		{
			course.left.insert("keys in no interval");
			const std::optional<std::string> finite = rows.key_at(rows.key() + " > " + rows.literal(*key));
			if (!finite)
				return std::nullopt;
			course.from = *finite;
			continue;
		}
		if (kept && open.axis_key().compare(at, *kept) < 0)
		{
			course.left.insert("keys older than what the set keeps");
			course.from = rows.text(open.axis_key().encode(*kept));
			continue;
		}
		const std::optional<step> what = partition_taking(rows, *key, now);
		if (!what)
		{
			course.left.insert("keys beyond the coverage");
			return std::nullopt;
		}
		if (const std::optional<chunk> found = cut(rows, level, {*what, condition_of(*what), what->upper}, course))
			return continued(rows, *found);
	}
}

std::optional<chunk> next_list(const set &level, drain_course &course, TimestampTz reference_time)
{
	const Oid default_partition = default_partition_of(level.parent);
	for (const step &what : plan_level(level, {reference_time}).steps)
	{
		pg::check_for_interrupts();
		if (what.what != action::create || course.done.count(what.lower) != 0)
			continue;
		const chunk whole{what, condition_of(what), {}};
		const int64 rows = rows_in_default(level.parent, default_partition, whole.condition, static_cast<int64>(course.batch) + 1);
		if (rows > course.batch)
			pass_over(whole, course, too_many(course, "of one list"));
		else if (rows > 0)
			return whole;
	}
	return std::nullopt;
}

void require_drainable(const set &level, Oid default_partition)
{
	for (const Oid table : pg::table_and_below(default_partition))
		if (pg::is_foreign_table(table))
			throw pg::failure(ERRCODE_WRONG_OBJECT_TYPE, "cannot drain a default partition that is a foreign table",
							  "Rows of \"" + pg::qualified_name(table) + "\" are on another server.", "Move them by DELETE and INSERT.");
	if (pg::tree_pages(default_partition) > most_pages_without_index && !key_is_indexed(level.parent, default_partition))
	{
		const std::string name = pg::qualified_name(default_partition);
		throw pg::failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "default partition \"" + name + "\" has no index that leads with the partition key",
						  "Without one each step would read the whole table under a lock that stops everybody.",
						  "CREATE INDEX " + std::string(pg::is_partitioned(default_partition) ? "" : "CONCURRENTLY ") + "ON " + name + " (" +
							  pg::partition_key_text(level.parent) + ");");
	}
}

} // namespace

void advance(drain_course &course, const chunk &what, int64 rows, int64 locked)
{
	course.from = what.what.upper;
	const double pace = course.pace;
	const double right = static_cast<double>(rows) * static_cast<double>(bearable_wait) / static_cast<double>(std::max<int64>(locked, 1));
	// Down at once, for somebody has waited; up in small steps, for one that
	// was fast may have had luck.
	const double next = std::min(right, pace * 1.25);
	course.pace = static_cast<int>(std::clamp(next, static_cast<double>(std::min(slowest_pace, course.batch)), static_cast<double>(course.batch)));
}

void pass_over(const chunk &what, drain_course &course, const std::string &why)
{
	course.left.insert(why);
	course.from = what.upper;
	course.done.insert(what.what.lower);
}

std::optional<chunk> next_chunk(const set &settings, drain_course &course, TimestampTz reference_time)
{
	const Oid default_partition = default_partition_of(settings.parent);
	if (!OidIsValid(default_partition) || course.from == "MAXVALUE" || !pg::tree_has_rows(default_partition))
		return std::nullopt;
	require_drainable(settings, default_partition);
	set level = settings;
	level.create_paused = false;
	if (level.strategy != strategy_name(pg::partition_strategy::range))
		return next_list(level, course, reference_time);
	std::optional<chunk> found = next_range(level, course, reference_time);
	if (!found && default_holds(level.parent, default_partition, "(" + pg::partition_key_text(level.parent) + ") IS NULL"))
		course.left.insert("rows without a key");
	return found;
}

} // namespace partition
