// archive.hpp: the step that archives a partition and verifies the archive.
#pragma once

#include "partition/ledger.hpp"

namespace partition {

// Refuses foreign tables (0A000).
void require_archivable(Oid partition);

struct archived {
	bool complete; // and the ledger has it as verified
	std::string detail;
	std::string command; // for the log
};

// A blocked partition into a file or through the set's callback.  What it
// wrote of the ledger is the caller's transaction's.
archived archive_partition(const set &settings, const step &what);

// The same as mosaic.plan() shows it.
std::string archive_command(const set &settings, const step &what);

} // namespace partition
