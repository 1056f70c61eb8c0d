// table_options.hpp: storage options as the server reads them.
#pragma once

#include <string>

#include "pg/error.hpp"

namespace pg {

// Refuses options, given as the text of a text[] like pg_class.reloptions,
// that CREATE TABLE … WITH would refuse.
void require_table_options(const std::string &array_text);

} // namespace pg
