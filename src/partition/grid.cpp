// grid.cpp: where one partition ends and the next begins.
#include "partition/grid.hpp"

namespace partition {

namespace {

// 2000-01-01 was a Saturday; weeks begin on Monday, ISO 8601.
constexpr pg::microseconds first_of_month = 0;
constexpr pg::microseconds first_monday = 2 * pg::usecs_per_day;
constexpr int days_per_week = 7;
// Mean length of a Gregorian month, for the first guess only.
constexpr double mean_month_usecs = 30.436875 * static_cast<double>(pg::usecs_per_day);

pg::microseconds calendar_anchor(const pg::span &step)
{
	const bool weeks = step.months == 0 && step.micros == 0 && step.days % days_per_week == 0;
	return weeks ? first_monday : first_of_month;
}

double mean_length(const pg::span &step)
{
	return step.months * mean_month_usecs + static_cast<double>(step.days) * static_cast<double>(pg::usecs_per_day) +
		   static_cast<double>(step.micros);
}

} // namespace

grid::grid(const key &of, const width &step, const pg::time_zone &zone, const std::optional<position> &anchor)
	: key_(&of), step_(step), zone_(&zone)
{
	if (of.on() == axis::number)
	{
		number_anchor_ = anchor ? anchor->number : pg::decimal::from_int8(0);
		return;
	}
	if (!anchor)
		time_anchor_ = on_wall_clock() ? calendar_anchor(step.time) : from_wall_clock(first_of_month);
	else
		time_anchor_ = on_wall_clock() ? wall_clock(anchor->time) : anchor->time;
}

pg::microseconds grid::name_time(pg::microseconds at) const
{
	return on_wall_clock() ? wall_clock(at) : at;
}

bool grid::on_wall_clock() const
{
	return step_.time.months != 0 || step_.time.days != 0;
}

pg::microseconds grid::wall_clock(pg::microseconds at) const
{
	return key_->on() == axis::instant ? zone_->to_local(at) : at;
}

pg::microseconds grid::from_wall_clock(pg::microseconds local) const
{
	return key_->on() == axis::instant ? zone_->to_instant(local) : local;
}

pg::microseconds grid::boundary(int64 n) const
{
	const pg::microseconds at = pg::add(time_anchor_, step_.time, n);
	return on_wall_clock() ? from_wall_clock(at) : at;
}

int64 grid::last_boundary_up_to(pg::microseconds at) const
{
	const pg::microseconds counted = on_wall_clock() ? wall_clock(at) : at;
	int64 n = static_cast<int64>((static_cast<double>(counted) - static_cast<double>(time_anchor_)) / mean_length(step_.time));
	while (boundary(n) > at)
		--n;
	while (boundary(n + 1) <= at)
		++n;
	return n;
}

position grid::floor(const position &at) const
{
	if (key_->on() != axis::number)
		return {boundary(last_boundary_up_to(at.time)), {}};
	pg::decimal rest = (at.number - number_anchor_) % step_.number;
	if (pg::compare(rest, pg::decimal::from_int8(0)) < 0)
		rest = rest + step_.number;
	return {0, at.number - rest};
}

position grid::next(const position &at) const
{
	if (key_->on() == axis::number)
		return {0, floor(at).number + step_.number};
	return {boundary(last_boundary_up_to(at.time) + 1), {}};
}

position grid::before(const position &at, const width &distance) const
{
	if (key_->on() == axis::number)
		return {0, at.number - distance.number};
	// Retention may reach back beyond the calendar's first day.
	if (static_cast<double>(at.time) - mean_length(distance.time) - mean_month_usecs < static_cast<double>(MIN_TIMESTAMP))
		return {DT_NOBEGIN, {}};
	const bool elapsed = distance.time.months == 0 && distance.time.days == 0;
	return {elapsed ? pg::add(at.time, distance.time, -1) : from_wall_clock(pg::add(wall_clock(at.time), distance.time, -1)), {}};
}

} // namespace partition
