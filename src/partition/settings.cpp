// settings.cpp: the settings of partition maintenance.
#include "partition/settings.hpp"

#include "pg/settings.hpp"

namespace partition {

namespace settings {
int lock_timeout = 50;
int lock_pause = 250;
int lock_budget = 60 * 1000;
int max_drops = 100;
int max_clock_jump = 24 * 3600;
constinit char *archive_directory = nullptr;
int max_auto_lists = 1000;
int log_days = 90;
} // namespace settings

void define_settings()
{
	pg::define_int({"mosaic.lock_timeout", "Time that a maintenance step waits for its locks in one try.", PGC_USERSET, GUC_UNIT_MS},
				   &settings::lock_timeout, 1, 60 * 1000);
	pg::define_int({"mosaic.lock_pause", "Pause between two tries for the locks of a maintenance step.", PGC_USERSET, GUC_UNIT_MS},
				   &settings::lock_pause, 0, 3600 * 1000);
	pg::define_int({"mosaic.lock_budget", "Time after which a maintenance step without its locks is deferred.", PGC_USERSET, GUC_UNIT_MS},
				   &settings::lock_budget, 0, 24 * 3600 * 1000);
	pg::define_int({"mosaic.max_drops", "Most partitions of a set that one pass may retire without confirmation.", PGC_USERSET},
				   &settings::max_drops, 0, INT_MAX);
	pg::define_int({"mosaic.max_clock_jump", "Most that the clock may be off what it should be, before retention waits for confirmation.", PGC_SUSET, GUC_UNIT_S},
				   &settings::max_clock_jump, 60, INT_MAX);
	pg::define_path({"mosaic.archive_directory", "Directory that retention writes archives of partitions to.", PGC_SUSET}, &settings::archive_directory);
	pg::define_int({"mosaic.max_auto_lists", "Most partitions of a LIST table to which auto_lists adds others.", PGC_SIGHUP},
				   &settings::max_auto_lists, 0, 100 * 1000);
	pg::define_int({"mosaic.log_days", "Days that the rows of mosaic.partition_log are kept.", PGC_SIGHUP}, &settings::log_days, 1, 36500);
}

} // namespace partition
