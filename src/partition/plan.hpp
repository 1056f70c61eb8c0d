// plan.hpp: what a set needs: desired(set, reference time) − actual(bounds).
//
// Planning is pure: ACCESS SHARE on the parent, no writes, the same answer for
// the same input.  mosaic.plan() shows it, apply.cpp carries it out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "partition/range_set.hpp"
#include "pg/resources.hpp"

namespace partition {

struct leaving;

enum class action { create, create_default, block, archive, drop, detach, move, finalize, release };

const char *action_name(action what);
inline bool is_retirement(action what) { return what != action::create && what != action::create_default; }
// Does the partition leave the parent, or cease to be?
inline bool removes(action what) { return what == action::drop || what == action::detach || what == action::move; }

// What stops retention until mosaic.confirm_retention().
enum class guard { none, too_many, clock, cluster };

struct step {
	action what;
	Oid partition = InvalidOid; // of a retirement
	std::string name;			// bare, of a partition to be made
	std::string lower;			// ISO text, or MINVALUE and MAXVALUE
	std::string upper;
	std::string values; // of a partition to be made: FOR VALUES …, or DEFAULT
	std::string reason;
	Oid parent = InvalidOid; // the table whose partition it is
	Oid newest = InvalidOid; // of a retirement: the newest partition, which stays
	bool ahead = false;	   // a partition to be made that lies wholly in the future
	bool detached = false; // a retirement of which only the rest is to be done
	bool begins = false;   // the first step of a retirement
	bool waits = false;	   // for the step before it, of the same partition

	bool same_as(const step &other) const
	{
		return what == other.what && partition == other.partition && lower == other.lower && upper == other.upper &&
			   detached == other.detached;
	}
};

// Outlives the transaction that it was made in.
using plan = std::vector<step>;

// What a pass is asked to do.
struct request {
	TimestampTz reference_time = 0;
	bool confirmed = false;	 // retire more than mosaic.max_drops
	bool resuming = false;	 // look for retirements half done
	bool from_start = false; // cover from start_at, not only from now
	int limit = INT_MAX;	 // so many partitions to be made are enough
	bool made = false;		 // creation is over: what could not be made does not count
	guard held = guard::none; // retires nothing
};

// Partitions to be made: from a position on, which is the interval that holds
// now in a regular pass.  At most so many steps.
plan plan_creation(const range_set &set, const position &from, const position &now, int limit = INT_MAX);

// Lies a position in the span that a regular pass covers?
bool is_within_coverage(const range_set &set, const position &at, const position &now);

// LIST: lists of which no partition takes some key.  HASH: remainders that no
// partition takes.
plan plan_lists(const set &settings, const pg::partition_table &table);
plan plan_remainders(const set &settings, const pg::partition_table &table);

// Where a regular pass begins: the interval that holds now.
position coverage_start(const range_set &set, const position &now);

struct retirement {
	plan steps;
	plan held; // what a guard holds back
	guard why = guard::none;
};

// Partitions to be retired, oldest first, where those created are there by then.
retirement plan_retirement(const range_set &set, const position &now, bool confirmed, const plan &created, const leaving &out);

// The step of a retirement as a plan of now would have it, where its partition
// alone tells, and not the bounds of all the others; nothing: plan anew.
std::optional<step> confirm_retirement(const set &settings, const step &wanted, const request &asked);

// What else is to be done with those that are on their way out: drop them
// after the cool-down, or free them where they are not among those that leave.
plan plan_departures(const set &settings, TimestampTz reference_time, const leaving &out, const plan &leave);

// Retirements by DETACH CONCURRENTLY that a crash or a cancel left half done.
plan plan_resumption(const set &settings);

// The plan of one level, for one parent: creation unless paused, then
// retirement unless paused.
retirement plan_level(const set &settings, const request &asked);

// The plans of a set and, below each of its partitions, of its levels.
retirement plan_set(const set &settings, const request &asked);

// Those of a plan that make partitions, and those that retire them.
plan creation_steps(const plan &steps);
plan retirement_steps(const plan &steps);

// What a plan is made from is locked only while it is read: of two passes that
// wait for the same table, neither may hold what the other waits for.
template <typename Look>
void look_without_locks(Look &&look)
{
	pg::rehearse(look);
}

} // namespace partition
