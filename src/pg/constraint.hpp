// constraint.hpp: CHECK constraints that somebody has made sure of.
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

bool has_constraint(Oid table, const std::string &name);
bool constraint_is_valid(Oid table, const std::string &name);

// Marks a CHECK constraint, added NOT VALID, as valid, as VALIDATE CONSTRAINT
// does at the end of its scan.  For a caller who holds ACCESS EXCLUSIVE on the
// table and knows in another way that no row violates it.
void assume_valid(Oid table, const std::string &name);

} // namespace pg
