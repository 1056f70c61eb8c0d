// assess.hpp: how a set stands, for people and for monitoring.
//
// Never raises for one set what would hide the others: an error becomes part
// of the assessment.  Works on a standby and takes no lock beyond ACCESS SHARE.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "partition/plan.hpp"

namespace partition {

struct gap {
	std::string lower;
	std::string upper;
};

// Partitions to be made of one of the tables below the set's parent.
struct shortage {
	Oid table = InvalidOid;
	int due = 0;
	bool covers_now = false; // RANGE: what is missing lies ahead
	int intervals_ahead = 0;
	std::string covered_until;
};

struct assessment {
	const ErrorData *error = nullptr; // why nothing below is known
	bool parent_missing = false;

	pg::partition_strategy strategy = pg::partition_strategy::range;
	int partitions = 0;
	bool covers_now = false;
	std::string covered_until;				// end of the coverage that begins now
	int intervals_ahead = 0;				// whole ones, after the one that holds now
	bool ends_with_key = false;				// up to the last value of the key's type
	std::optional<TimestampTz> covered_at;	// covered_until, where the key is a time
	std::optional<TimestampTz> next_create; // when the next partition becomes due
	int due = 0;							// partitions to be made of the parent itself
	std::vector<shortage> below;
	std::vector<gap> past_gaps;
	std::optional<TimestampTz> oldest_at; // lower bound of the oldest partition, where that is a time
	Oid default_partition = InvalidOid;
	int64 default_rows = 0; // counted up to a thousand, estimated beyond
	plan blocked;			// partitions that rows of a default are in the way of
	std::vector<Oid> pending;
	int modulus = 0;   // HASH: of the settings
	int coarser = 0;   // HASH: partitions of a lesser modulus than the settings'
	int expired = 0;   // partitions to be retired
	int held_back = 0; // of those, kept until mosaic.confirm_retention()
	guard why_held = guard::none;
};

assessment assess(const set_state &state, TimestampTz reference_time);

// The sets that the current role may know of: those whose parents it owns, or
// all for a member of pg_monitor.
std::vector<set_state> visible_sets();

} // namespace partition
