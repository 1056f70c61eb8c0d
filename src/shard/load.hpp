// load.hpp: reading a map from its catalogs.
#pragma once

#include <optional>

#include "shard/map.hpp"

namespace shard {

// Reads and checks a map into the context given.  Null where there is no map
// of that name; raises where the catalogs do not make a map.
map *load_map(std::string_view name, MemoryContext context);

// The version of the map's row that a load would read now.
std::optional<row_version> current_version(std::string_view name);

// The entry of a key in a directory or tenant map, from the catalog, in the
// current memory context.
std::optional<entry> read_entry(const map &m, const key &k);

[[noreturn]] void refuse_unknown_map(std::string_view name);

} // namespace shard
