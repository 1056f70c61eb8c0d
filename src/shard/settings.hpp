// settings.hpp: the settings of shard map lookups.
#pragma once

namespace shard::settings {

extern int cache_size;	   // kB, all maps of a backend
extern int directory_size; // kB, the keys of one directory

} // namespace shard::settings

namespace shard {

void define_settings();

} // namespace shard
