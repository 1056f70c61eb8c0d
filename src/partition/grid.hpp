// grid.hpp: where one partition ends and the next begins.
//
// Boundary n is anchor + n × width, always counted from the anchor and never
// chained, so that months from the 31st do not drift.  Months and days are
// counted on the wall clock of the set's zone, where a day may have 23 or 25
// hours; hours and shorter are counted in elapsed time.
#pragma once

#include <optional>

#include "partition/key.hpp"
#include "partition/width.hpp"

namespace partition {

class grid {
public:
	grid(const key &of, const width &step, const pg::time_zone &zone, const std::optional<position> &anchor);

	// The greatest boundary at or before a position.
	position floor(const position &at) const;
	// The smallest boundary after a position.
	position next(const position &at) const;
	// A position moved into the past by a distance.
	position before(const position &at, const width &distance) const;
	// The clock by which a partition is named: the set's for days and longer,
	// UTC for what is counted in elapsed time, so that no hour has two names.
	pg::microseconds name_time(pg::microseconds at) const;

private:
	pg::microseconds boundary(int64 n) const;
	int64 last_boundary_up_to(pg::microseconds at) const;
	bool on_wall_clock() const;
	pg::microseconds wall_clock(pg::microseconds at) const;
	pg::microseconds from_wall_clock(pg::microseconds local) const;

	const key *key_;
	width step_;
	const pg::time_zone *zone_;
	pg::microseconds time_anchor_ = 0; // on the wall clock where that is counted on
	pg::decimal number_anchor_;
};

} // namespace partition
