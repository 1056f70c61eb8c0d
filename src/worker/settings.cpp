// settings.cpp: the settings of the background processes.
#include "worker/settings.hpp"

#include "pg/settings.hpp"

namespace worker {

namespace settings {
constinit bool enabled = true;
constinit int naptime = 60;
constinit int max_workers = 1;
constinit int max_databases = 1000;
} // namespace settings

void define_settings()
{
	pg::define_bool({"mosaic.enabled", "Lets the background processes of pg_mosaic work.", PGC_SIGHUP}, &settings::enabled);
	pg::define_int({"mosaic.naptime", "Time between two maintenance passes over a database.", PGC_SIGHUP, GUC_UNIT_S},
				   &settings::naptime, 1, 24 * 3600);
	pg::define_int({"mosaic.max_workers", "Most databases that are maintained at the same time.", PGC_SIGHUP},
				   &settings::max_workers, 1, 64);
	// Sizes shared memory.  The server lets a library that is loaded late define
	// no such setting; then it means nothing, but a configuration file may name it.
	const GucContext fixed = process_shared_preload_libraries_in_progress ? PGC_POSTMASTER : PGC_SIGHUP;
	pg::define_int({"mosaic.max_databases", "Most databases that the background processes look after.", fixed},
				   &settings::max_databases, 10, 100 * 1000);
}

} // namespace worker
