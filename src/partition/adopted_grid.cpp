// adopted_grid.cpp: on which grid do the partitions lie that somebody else made?
#include "partition/adopted_grid.hpp"

#include <algorithm>

#include "partition/range_set.hpp"

namespace partition {

namespace {

// The zones in which the other tool may have run: this session's, that of
// sessions which set none, and that which its makers advise.
std::vector<std::string> likely_zones()
{
	std::vector<std::string> zones{pg::session_time_zone()};
	pg::spi spi;
	spi.execute("SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'TimeZone'", {}, pg::spi::access::read_latest);
	for (const std::string &zone : {spi[0].text(1), std::string("UTC")})
		if (std::find(zones.begin(), zones.end(), zone) == zones.end())
			zones.push_back(zone);
	return zones;
}

// Does the last partition end on the grid, and so each one from now on?
bool lies_on_grid(const range_set &set, TimestampTz reference_time)
{
	const position now = set.now(reference_time);
	for (int n = set.table().bounded() - 1; n >= 0; --n)
	{
		const std::optional<position> upper = set.upper(set.table().range(n));
		if (!upper || set.is_infinite(*upper))
			continue;
		if (n < set.table().bounded() - 1 && set.axis_key().compare(*upper, now) <= 0)
			return true;
		if (set.axis_key().compare(set.boundaries().floor(*upper), *upper) != 0)
			return false;
	}
	return true;
}

bool continues(set settings, const std::vector<Oid> &tables, TimestampTz now)
{
	bool fits = true;
	const ErrorData *error = pg::attempt([&] {
		for (const Oid table : tables)
		{
			pg::check_for_interrupts();
			settings.parent = table;
			fits = fits && lies_on_grid(range_set(settings), now);
		}
	});
	return error == nullptr && fits;
}

// The bounds of one table that a grid could be anchored at.
class landmarks {
public:
	landmarks(const set &settings, Oid table) : table_(table), key_(table_, parse_key_format(settings.key_format))
	{
		for (int n = 0; n < table_.bounded(); ++n)
		{
			add(table_.range(n).lower, lowers_);
			add(table_.range(n).upper, uppers_);
		}
	}

	const key &of() const { return key_; }
	std::optional<position> lowest() const { return lowers_.empty() ? std::nullopt : std::optional(lowers_.front()); }
	std::optional<position> last() const { return uppers_.empty() ? std::nullopt : std::optional(uppers_.back()); }
	// The last lower bound up to a position.
	std::optional<position> before(const position &at) const
	{
		for (auto lower = lowers_.rbegin(); lower != lowers_.rend(); ++lower)
			if (key_.compare(*lower, at) <= 0)
				return *lower;
		return std::nullopt;
	}

private:
	void add(const pg::range_bound &bound, std::vector<position> &to) const
	{
		if (bound.at != pg::range_bound::kind::value)
			return;
		const position at = key_.decode(bound.datum, rounding::down);
		if (key_.holds(at))
			to.push_back(at);
	}

	pg::partition_table table_;
	key key_;
	std::vector<position> lowers_;
	std::vector<position> uppers_;
};

set anchored(set settings, const position &at, const key &of, const std::string &zone)
{
	settings.time_zone = zone;
	settings.start_at = of.text(at, pg::time_zone(zone));
	return settings;
}

// Where a set begins that has not begun: a grid without that start would have
// partitions made in front of it.
std::optional<position> beginning(const set &settings, const landmarks &known, TimestampTz now)
{
	if (!known.lowest())
		return std::nullopt;
	const range_set open(anchored(settings, *known.lowest(), known.of(), settings.time_zone));
	const bool begun = known.of().on() == axis::number ? open.largest_number().has_value()
													   : known.of().compare(*known.lowest(), open.now(now)) <= 0;
	if (begun)
		return std::nullopt;
	// An empty set whose partitions hold 0 begins where the calendar of numbers does.
	const position zero{0, pg::decimal::from_int8(0)};
	const bool at_zero = known.of().on() == axis::number && known.of().compare(*known.lowest(), zero) <= 0;
	return at_zero ? std::nullopt : known.lowest();
}

// A boundary that is past, of the grid that goes through the last bound.
position stepped_back(const set &settings, const landmarks &known, TimestampTz now)
{
	const range_set open(anchored(settings, *known.last(), known.of(), settings.time_zone));
	const position at = open.now(now);
	return known.of().compare(*known.last(), at) <= 0 ? *known.last() : open.boundaries().floor(at);
}

} // namespace

adopted_grid find_grid(const set &settings, const std::vector<Oid> &tables, TimestampTz now)
{
	set tried = settings;
	tried.time_zone = pg::session_time_zone();
	tried.start_at.reset();
	const adopted_grid calendar{tried.time_zone, std::nullopt, true};
	if (tables.empty())
		return calendar;
	tried.parent = tables.front();
	const landmarks known(tried, tables.front());
	if (!known.last())
		return calendar;
	const std::optional<position> start = beginning(tried, known, now);
	for (const bool from_calendar : {true, false})
		for (const std::string &zone : likely_zones())
		{
			tried.time_zone = zone;
			tried.start_at.reset();
			std::optional<position> anchor = start;
			if (!from_calendar && !anchor)
				anchor = known.before(range_set(anchored(tried, *known.last(), known.of(), zone)).now(now));
			if (anchor)
				tried = anchored(tried, *anchor, known.of(), zone);
			if (continues(tried, tables, now))
				return {tried.time_zone, tried.start_at, true};
		}
	tried.time_zone = calendar.time_zone;
	tried = anchored(tried, start ? *start : stepped_back(tried, known, now), known.of(), calendar.time_zone);
	return {tried.time_zone, tried.start_at, false};
}

bool bounds_fit(const set &settings, Oid table)
{
	const pg::partition_table open(table);
	const key of(open, parse_key_format(settings.key_format));
	const pg::time_zone utc("UTC");
	const auto fits = [&](const pg::range_bound &bound) {
		return bound.at != pg::range_bound::kind::value ||
			   of.text(of.encode(of.decode(bound.datum, rounding::down)), utc) == of.text(bound, utc);
	};
	for (int n = 0; n < open.bounded(); ++n)
		if (!fits(open.range(n).lower) || !fits(open.range(n).upper))
			return false;
	return true;
}

} // namespace partition
