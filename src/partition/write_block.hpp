// write_block.hpp: keeping writes out of a partition that is being archived.
#pragma once

#include <string>
#include <vector>

#include "pg/memory.hpp"

namespace partition {

// The leaves of a partition: those that have rows.
std::vector<Oid> leaves_of(Oid partition);

// SQL that blocks a partition, or frees it.  To block takes SHARE ROW
// EXCLUSIVE on each leaf, which comes when the writers of the moment have
// ended; to free takes ACCESS EXCLUSIVE.
std::vector<std::string> block_commands(Oid partition);
std::vector<std::string> unblock_commands(Oid partition);

// Identity of a whole and active block; empty where there is none.  It changes
// whenever anybody disables, drops or remakes any part of it.
std::string block_identity(Oid partition);

} // namespace partition
