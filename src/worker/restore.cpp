// restore.cpp: passes wait until a restore is over.
//
// pg_restore and psql bring the rows of mosaic.partition_set with the data,
// before the indexes, keys and triggers.  A partition made in between would
// have none of the indexes that the dump is about to attach to the parent's,
// which would stay invalid for ever; one dropped would be missed.
//
// Nobody but a restore, or a superuser who knows better, writes rows that
// mosaic.create_parent() has not made.  Whoever does shows a sign until the
// session ends: a restore by psql is one session, and of a parallel pg_restore
// the process that brought these rows stays to the end.
#include "partition/set.hpp"
#include "pg/extension.hpp"
#include "pg/object_lock.hpp"
#include "pg/trigger.hpp"
#include "pg/wakeup.hpp"
#include "worker/restore.hpp"

namespace worker {

bool restore_under_way(Oid extension)
{
	return pg::shown_by_a_session(extension);
}

} // namespace worker

PG_FUNCTION(mosaic_wake_worker_on_change)
{
	if (pg::fired_by_insert(fcinfo) && !partition::inserting_set())
		pg::show_for_session(pg::find_extension().oid);
	pg::ask_on_commit(pg::errand::maintenance);
	return Datum(0);
}
