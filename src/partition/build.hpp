// build.hpp: making the table of a new partition, and putting it in its place.
#pragma once

#include <string>
#include <vector>

#include "partition/ddl.hpp"

namespace partition {

// Runs statements and appends them to the text of what was run.
void execute(const std::vector<std::string> &statements, std::string &command);

// Gives a new partition its own of the parent's index as replica identity, down
// to the leaves: each index of a partition has its own copies below.
std::vector<std::string> identity_index_ddl(Oid partition, Oid parent_index);

// The table of a step, whole with what is below it, not yet attached, so that
// it can be filled.
void build(const set &settings, const creation_ddl &sql, const step &what, const inherited &from_parent, const request &asked, std::string &command);

// Attaches it and gives it what only a partition can have.
void place(const set &settings, const std::vector<std::string> &placing, const step &what, const inherited &from_parent, std::string &command);

// A partition without rows, made and attached.
void create(const set &settings, const step &what, const inherited &from_parent, const request &asked, std::string &command);

} // namespace partition
