// ledger.hpp: mosaic.partition_ledger, what became of each partition that left.
//
// Each row is the state machine of one partition:
//
//   blocked -> verified -> detached -> dropped -> restored
//      |          |                       ^
//      +----------+-> released            +-- without cool-down straight away
//
// A step and its row are one transaction, so that whoever comes after a crash
// finds the state that is.
#pragma once

#include "partition/plan.hpp"

namespace partition {

enum class stage { blocked, verified, detached, dropped, other };

struct departure {
	int64 id = 0;
	Oid root = InvalidOid;
	Oid parent = InvalidOid;
	Oid relation = InvalidOid; // invalid once it is gone
	std::string schema;
	std::string name;
	std::string lower;
	std::string upper;
	std::string bound; // FOR VALUES …
	stage at = stage::other;
	std::string state;
	std::vector<std::string> columns; // of the archive
	std::optional<std::string> layout; // JSON, of the tables below
	std::string write_block;		  // identity
	std::string token;
	int attempts = 0;
	bool failed = false; // the last attempt
	std::string last_error;
	std::optional<std::string> result; // JSON, of the callback
	std::string format; // empty: not archived
	std::string compression;
	std::string location;
	std::optional<int64> rows;
	std::string hash;
	int64 bytes = 0;
	std::string checksum;
	bool verified = false;
	std::optional<TimestampTz> drop_after;

	std::string qualified() const; // as it was when the row was made
};

// Partitions of one parent that are on their way out, and those that are held.
struct leaving {
	std::vector<departure> open;
	std::vector<Oid> held;

	const departure *find(Oid partition) const;
	bool is_held(Oid partition) const;
};
leaving leaving_from(const set &settings);
// The same for all levels of a set.
leaving leaving_of_set(const set &settings);

// Is it still as it was when it was blocked: nothing written since, and no
// column more or less than the archive has?
bool is_intact(const departure &one);
// Why a partition that cools down must not be dropped; empty: it may.
std::string why_kept(const set &settings, const departure &one, const leaving &out);

// The row of a partition that is on its way out, which nobody else works on
// until the end of the transaction; nothing where somebody does.
std::optional<departure> claim_departure(Oid partition);
// The latest that left under a name, bare or qualified.
std::optional<departure> departed(Oid root, const std::string &name);

void note_blocked(const set &settings, const step &what, const std::string &write_block);
void note_attempt(const departure &one); // answered, but not done
void note_contents(const departure &one); // rows, hash and columns
void note_verified(const departure &one);
void note_failed(Oid partition, const std::string &error);
// Detached; it is dropped after the set's cool-down where that is what
// retiring means.
void note_detached(const set &settings, const step &what);
void note_dropped(Oid partition);
void note_released(Oid partition);
void note_restored(const departure &one, Oid partition);
// Rows whose table somebody else has dropped are closed.
void close_departures_of_gone(Oid root);

void hold(Oid partition, Oid root, const std::string &reason);
bool release_hold(Oid partition); // false: there was none

} // namespace partition
