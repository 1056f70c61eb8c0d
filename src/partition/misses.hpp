// misses.hpp: rows that found no partition, remembered in shared memory.
//
// Two small tables.  What is wanted: tables for which a partition is to be
// made, because the set's policy allows it; the worker takes them out.  What
// was refused: rows that will never have a partition by themselves, counted a
// set.  A session whose statement fails writes no table, since its transaction
// ends there; what a crash forgets comes back with the next row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pg/error.hpp"

namespace partition {

// From _PG_init while the library is preloaded.
void request_misses();

struct wanted {
	Oid table;
	bool lists_key = false;			// auto_lists: the key is to get a list
	std::optional<std::string> key; // nothing for NULL
};

// False where nobody remembers: the library is not preloaded, the table is
// full, the key too long, or this was tried in vain a short while ago.
bool want(const wanted &what);
// What is wanted in this database and not put off.
std::vector<wanted> wanted_here();
// It is there, or nobody wants it any more.
void settle(const wanted &what);
// Puts it off, longer each time.
void put_off(const wanted &what);

struct missed {
	int64 rows;
	TimestampTz last;
	std::string key; // of the last row
};

void count_missed(Oid parent, const std::string &key);
std::optional<missed> missed_rows(Oid parent);
void forget_missed(Oid parent);

} // namespace partition
