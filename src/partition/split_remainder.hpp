// split_remainder.hpp: one partition of a HASH table becomes several.
#pragma once

#include "partition/set.hpp"

namespace partition {

// The lowest level of a set that is partitioned by HASH; 0 for none.
int hash_level(const set &whole);

// Refuses a level whose partitions cannot be divided: tables below them, or
// foreign keys that point to the table (0A000).
void require_divisible(const set &level);

// Partitions of a table whose modulus is a lesser one.
std::vector<Oid> coarser_partitions(Oid table, int modulus);

// Divides a partition into those of a greater modulus and moves its rows, in
// the current transaction; does nothing where it is gone or divided already.
// Refuses where the locks do not come (55P03).
void split_remainder(const set &level, Oid partition, int modulus);

} // namespace partition
