// worker.cpp: the area's part in _PG_init.
#include "worker/worker.hpp"

#include "partition/counters.hpp"
#include "partition/misses.hpp"
#include "partition/missing_row.hpp"
#include "pg/background_worker.hpp"
#include "pg/compat.hpp"
#include "pg/extension.hpp"
#include "pg/library.hpp"
#include "pg/older_snapshots.hpp"
#include "pg/wakeup.hpp"
#include "worker/databases.hpp"
#include "worker/maintenance.hpp"
#include "worker/shared_state.hpp"

namespace worker {

namespace {

// The processes ask nothing of themselves: a pass that changes a set's row
// would follow itself for ever.
void answer(pg::errand what)
{
	if (what == pg::errand::ticker)
		nudge_ticker();
	else if (!pg::is_background_worker())
		nudge_maintenance();
}

// Is the extension there, in a version that this library understands?
bool is_installed()
{
	const pg::installed_extension extension = pg::find_extension();
	return OidIsValid(extension.oid) && pg::library_serves(extension.version);
}

bool answer_missing_row(const pg::missing_row &row)
{
	return is_installed() && partition::heed_missing_row(row, serves_at_once()) && nudge_for_wanted();
}

} // namespace

void start()
{
	if (!process_shared_preload_libraries_in_progress || IsBinaryUpgrade)
		return;
	request_shared_state();
	pg::register_worker({.name = "pg_mosaic launcher", .type = "pg_mosaic launcher", .function = "mosaic_launcher_main", .restart_seconds = 5});
	pg::answer_errands(answer);
	pg::watch_older_snapshots();
	partition::request_misses();
	partition::request_counters();
	pg::notice_missing_partitions(answer_missing_row, nudge_for_missing_partition);
}

} // namespace worker
