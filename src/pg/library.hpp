// library.hpp: this library beside the SQL objects in the current database.
//
// They are replaced by different hands at different times: packages bring the
// library, and a superuser runs ALTER EXTENSION in each database.  In between,
// what applications do at every moment has to go on (triggers of watches,
// lookups): it relies on little, and new SQL gets new C symbols.  What changes
// tables or records positions does not run on objects that it may misread.
#pragma once

#include <string>
#include <string_view>

namespace pg {

extern const char library_version[];

// Of the same series?
bool library_serves(std::string_view extension_version);

// What to do where not.
std::string how_to_match(std::string_view extension_version);

// Refuses where not.  An answer is kept for the session only if it is yes.
void require_same_series();

} // namespace pg
