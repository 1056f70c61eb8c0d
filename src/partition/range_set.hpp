// range_set.hpp: a RANGE set with its parent open: everything planning reads.
#pragma once

#include <optional>

#include "partition/grid.hpp"
#include "partition/name.hpp"
#include "partition/set.hpp"

namespace partition {

class range_set {
public:
	// Opens the parent under ACCESS SHARE.  Refuses what the set's settings do
	// not fit.
	explicit range_set(const set &settings);
	range_set(const range_set &) = delete;
	range_set &operator=(const range_set &) = delete;

	const set &settings() const { return settings_; }
	const pg::partition_table &table() const { return table_; }
	const key &axis_key() const { return key_; }
	const pg::time_zone &zone() const { return zone_; }
	const grid &boundaries() const { return grid_; }
	const std::optional<width> &retention() const { return retention_; }
	const std::optional<position> &start() const { return start_; }
	// What is to be stored of it: "today" and 01/02/2024 mean something else in
	// another session.
	std::optional<std::string> start_text() const;

	// Where the set stands: the reference time on the key's axis, or the
	// largest key.
	position now(TimestampTz reference_time) const;
	// The largest key there is, of a key that is a number.
	std::optional<position> largest_number() const;

	// Ends of a partition; an infinite one yields nothing.
	std::optional<position> lower(const pg::range_partition &range, rounding round = rounding::down) const;
	std::optional<position> upper(const pg::range_partition &range) const;
	bool is_infinite(const position &at) const;
	std::string text(const pg::range_bound &bound) const { return key_.text(bound, zone_); }

	std::string values(const pg::range_bound &lower, const pg::range_bound &upper) const;
	std::string name_of(const pg::range_bound &lower, const position &at, const names &planned) const;

private:
	set settings_;
	pg::partition_table table_;
	pg::time_zone zone_;
	key key_;
	std::optional<position> start_;
	width width_;
	grid grid_;
	std::optional<width> retention_;
};

} // namespace partition
