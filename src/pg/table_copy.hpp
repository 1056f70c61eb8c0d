// table_copy.hpp: the server's COPY between one table and a file of ours.
//
// Below the statement, at the functions that it is made of: the statement
// would ask whether the table's owner may write files, hide rows by row
// security, and read only files that are not compressed.
#pragma once

#include <string>
#include <vector>

#include "pg/row_digest.hpp"

namespace pg {

enum class copy_format { csv, binary };

struct copy_layout {
	std::vector<std::string> columns;
	copy_format format;
	bool header; // of CSV: the first line names the columns
};

// Writes the rows that the active snapshot sees to an uncompressed file.
void copy_out(Oid table, const copy_layout &layout, const std::string &path);

// Several files of rows in the order of writing are one, but for these bytes
// of every file but the first, and of every file but the last.
int64 head_of(const copy_layout &layout);
int64 tail_of(const copy_layout &layout);

// Reads a file, compressed or not, and stores nothing.
row_digest digest_of_file(Oid like, const copy_layout &layout, const std::string &path);

// Inserts the rows of a file, compressed or not.
void copy_in(Oid table, const copy_layout &layout, const std::string &path);

} // namespace pg
