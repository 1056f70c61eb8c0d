// archive_file.hpp: archives as files of the server's COPY.
#pragma once

#include "partition/ledger.hpp"
#include "pg/table_copy.hpp"

namespace partition {

// Writes the rows of a partition to a file of its own in
// mosaic.archive_directory, reads it back, and refuses to go on where that is
// not what the ledger's row has of the table (XX001).  Fills in where it is.
void archive_to_file(const set &settings, departure &one);

// How a file is to be read.
pg::copy_layout layout_of(const departure &one);

// Refuses a directory that is not set (55000), not there (58P01), or not to be
// written to (42501).
std::string require_archive_directory();

} // namespace partition
