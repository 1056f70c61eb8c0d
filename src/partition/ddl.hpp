// ddl.hpp: the SQL of a step, as mosaic.plan() shows it and apply.cpp runs it.
#pragma once

#include <string>
#include <vector>

#include "partition/inherited.hpp"
#include "partition/plan.hpp"

namespace partition {

// Statements in order.  Foreign keys that point to the parent keep a
// partition from being dropped while it is attached.
std::vector<std::string> ddl_of(const set &settings, const step &what, const inherited &from_parent, bool referenced);

std::string detach_command(Oid parent, Oid partition);
// What remains to be done with a partition once it is detached.
std::vector<std::string> after_detach(const set &settings, action what, Oid partition);

} // namespace partition
