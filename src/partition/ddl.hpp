// ddl.hpp: the SQL of a step, as mosaic.plan() shows it and apply.cpp runs it.
#pragma once

#include <string>
#include <vector>

#include "partition/inherited.hpp"
#include "partition/plan.hpp"

namespace partition {

// A new partition: first the table; then, where the set has another level, its
// own partitions; then the rest, which puts it in its place.
struct creation_ddl {
	std::vector<std::string> table;
	std::vector<std::string> place;
};
// ATTACH makes the indexes, which a table with rows had better have before.
enum class with_indexes { no, yes };
creation_ddl creation_ddl_of(const set &settings, const step &what, const inherited &from_parent, with_indexes indexes = with_indexes::no);

// A retirement.  Foreign keys that point to the parent keep a partition from
// being dropped while it is attached.
std::vector<std::string> retirement_ddl_of(const set &settings, const step &what, bool referenced);

std::string detach_command(Oid parent, Oid partition);
// What remains to be done with a partition once it is detached.
std::vector<std::string> after_detach(const set &settings, action what, Oid partition);

} // namespace partition
