// worker.cpp: the area's part in _PG_init.
#include "worker/worker.hpp"

#include "pg/background_worker.hpp"
#include "pg/missing_partition.hpp"
#include "pg/wakeup.hpp"
#include "worker/databases.hpp"
#include "worker/shared_state.hpp"

namespace worker {

namespace {

// The processes ask nothing of themselves: a pass that changes a set's row
// would follow itself for ever.
void answer(pg::errand what)
{
	if (what == pg::errand::ticker)
		nudge_ticker();
	else if (!IsBackgroundWorker)
		nudge_maintenance();
}

} // namespace

void start()
{
	if (!process_shared_preload_libraries_in_progress || IsBinaryUpgrade)
		return;
	request_shared_state();
	pg::register_worker({.name = "pg_mosaic launcher", .type = "pg_mosaic launcher", .function = "mosaic_launcher_main", .restart_seconds = 5});
	pg::answer_errands(answer);
	pg::notice_missing_partitions(nudge_for_missing_partition);
}

} // namespace worker
