// settings.cpp: the settings of shard map lookups.
#include "shard/settings.hpp"

#include "pg/settings.hpp"

namespace shard {

namespace settings {
int cache_size = 16 * 1024;
int directory_size = 1024;
} // namespace settings

void define_settings()
{
	pg::define_int({"mosaic.shard_cache_size", "Memory that a session uses for the shard maps that it has looked up, beyond the last one.",
					PGC_USERSET, GUC_UNIT_KB},
				   &settings::cache_size, 64, MAX_KILOBYTES);
	pg::define_int({"mosaic.shard_directory_cache_size", "Memory that a session uses for the keys of one directory or tenant map.",
					PGC_USERSET, GUC_UNIT_KB},
				   &settings::directory_size, 64, MAX_KILOBYTES);
}

} // namespace shard
