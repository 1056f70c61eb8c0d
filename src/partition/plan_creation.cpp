// plan_creation.cpp: which partitions are to be made.
//
// The span to cover runs from the interval that holds now to premake whole
// intervals after it.  Walking over the partitions that exist leaves gaps;
// each gap is cut at the grid's boundaries.  A gap that ends before now is the
// past: it is reported elsewhere and not filled.  A gap that begins off the
// grid, after a change of interval, begins with one transitional partition.
#include "partition/plan.hpp"

namespace partition {

namespace {

// Where a gap begins or ends: at a boundary, or at the very bound of a
// partition that exists, which may say more than its place on the axis.
struct edge {
	position at;
	std::optional<pg::range_bound> bound;

	pg::range_bound value(const key &of) const { return bound ? *bound : of.encode(at); }
};

class creation {
public:
	creation(const range_set &set, const position &from, const position &now, int limit)
		: set_(set), now_(now), limit_(limit), keeps_past_(set.axis_key().compare(from, coverage_start(set, now)) < 0)
	{
	}

	bool full() const { return static_cast<int>(steps_.size()) >= limit_; }

	// Fills [from, to), where nothing is.
	void fill(edge from, const edge &to)
	{
		const key &k = set_.axis_key();
		while (!full() && k.compare(from.at, to.at) < 0)
		{
			pg::check_for_interrupts();
			edge end{set_.boundaries().next(from.at), std::nullopt};
			if (k.compare(to.at, end.at) <= 0)
				end = to;
			if (keeps_past_ || k.compare(end.at, now_) > 0)
				add(from, end);
			from = end;
		}
	}

	plan take() { return std::move(steps_); }

private:
	void add(const edge &from, const edge &to)
	{
		const pg::range_bound lower = from.value(set_.axis_key());
		const pg::range_bound upper = to.value(set_.axis_key());
		if (lower.at == pg::range_bound::kind::maxvalue)
			return; // the key's type ends before this interval
		const std::string name = set_.name_of(lower, from.at, names_);
		names_.insert(name);
		steps_.push_back({action::create, InvalidOid, name, set_.text(lower), set_.text(upper), set_.values(lower, upper),
						  set_.axis_key().compare(to.at, now_) <= 0	? "lies between start_at and now"
						  : set_.axis_key().compare(from.at, now_) <= 0 ? "holds now"
																	 : "within premake"});
		steps_.back().ahead = set_.axis_key().compare(from.at, now_) > 0;
	}

	const range_set &set_;
	position now_;
	int limit_;
	bool keeps_past_; // asked for by start_at
	names names_;
	plan steps_;
};

position coverage_end(const range_set &set, const position &now)
{
	position end = coverage_start(set, now);
	for (int n = 0; n <= set.settings().premake; ++n)
	{
		pg::check_for_interrupts();
		end = set.boundaries().next(end);
	}
	return end;
}

} // namespace

position coverage_start(const range_set &set, const position &now)
{
	if (set.start() && set.axis_key().compare(now, *set.start()) < 0)
		return *set.start();
	return set.boundaries().floor(now);
}

bool is_within_coverage(const range_set &set, const position &at, const position &now)
{
	const key &k = set.axis_key();
	return k.compare(coverage_start(set, now), at) <= 0 && k.compare(at, coverage_end(set, now)) < 0;
}

plan plan_creation(const range_set &set, const position &from, const position &now, int limit)
{
	const key &k = set.axis_key();
	const pg::partition_table &table = set.table();
	const position end = coverage_end(set, now);
	creation result(set, from, now, limit);
	edge cursor{from, std::nullopt};

	// Only the partitions that end after the start matter; they are the last.
	int first = table.bounded();
	while (first > 0)
	{
		const std::optional<position> upper = set.upper(table.range(first - 1));
		if (upper && k.compare(*upper, from) <= 0)
			break;
		--first;
	}
	for (int n = first; n < table.bounded() && k.compare(cursor.at, end) < 0; ++n)
	{
		const pg::range_partition range = table.range(n);
		const std::optional<position> lower = set.lower(range, rounding::up);
		const std::optional<position> upper = set.upper(range);
		if (lower && k.compare(cursor.at, *lower) < 0)
			result.fill(cursor, k.compare(*lower, end) < 0 ? edge{*lower, range.lower} : edge{end, std::nullopt});
		if (!upper)
			return result.take();
		if (k.compare(cursor.at, *upper) < 0)
			cursor = {*upper, range.upper};
	}
	result.fill(cursor, {end, std::nullopt});
	return result.take();
}

} // namespace partition
