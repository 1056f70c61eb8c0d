// older_snapshots.cpp: tables that rows were moved into, and the transactions
// whose snapshots are from before.
//
// A small table in shared memory: a crash ends all snapshots, and so may begin
// with an empty one.  A statement pays a comparison of two numbers while
// nothing has been moved since the oldest transaction began.
#include <algorithm>
#include <array>

#include "pg/older_snapshots.hpp"

#include "pg/resources.hpp"
#include "pg/shared_memory.hpp"

extern "C" {
#include "access/transam.h"
#include "executor/executor.h"
#include "nodes/parsenodes.h"
#include "storage/procarray.h"
}

namespace pg {

namespace {

struct moved_into {
	Oid database; // InvalidOid: free
	Oid table;
	TransactionId by;
};

struct state {
	volatile TransactionId newest; // read without the lock
	std::array<moved_into, 1024> tables;
};

constinit state *shared = nullptr;
constinit LWLock *lock = nullptr;
constinit ExecutorStart_hook_type next_start = nullptr;

Size needed()
{
	return sizeof(state);
}

void attach(void *memory, LWLock *shared_lock)
{
	shared = static_cast<state *>(memory);
	lock = shared_lock;
}

// The transaction counts as running for the snapshot, and has committed.  One
// that still runs has the table locked.
bool is_older(Snapshot snapshot, const moved_into &entry)
{
	return entry.database == MyDatabaseId && XidInMVCCSnapshot(entry.by, snapshot) && !TransactionIdIsCurrentTransactionId(entry.by) &&
		   TransactionIdDidCommit(entry.by);
}

bool reads(const PlannedStmt *statement, Oid table)
{
	for (int n = 0; n < list_length(statement->rtable); ++n)
		if (const auto *entry = static_cast<const RangeTblEntry *>(list_nth(statement->rtable, n)); entry->relid == table)
			return true;
	return false;
}

// May raise: called with nothing on the stack that needs unwinding.
void refuse_older_snapshot(const PlannedStmt *statement, Snapshot snapshot)
{
	const TransactionId newest = shared->newest;
	if (!TransactionIdIsValid(newest) || snapshot == nullptr || snapshot->snapshot_type != SNAPSHOT_MVCC ||
		TransactionIdPrecedes(newest, snapshot->xmin))
		return;
	const auto copy = static_cast<moved_into *>(palloc(sizeof(shared->tables)));
	LWLockAcquire(lock, LW_SHARED);
	memcpy(copy, shared->tables.data(), sizeof(shared->tables));
	LWLockRelease(lock);
	for (std::size_t n = 0; n < shared->tables.size(); ++n)
		if (is_older(snapshot, copy[n]) && reads(statement, copy[n].table))
			ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
							errmsg("could not serialize access due to rows moved into partition \"%s\"", get_rel_name(copy[n].table)),
							errdetail("The snapshot of this transaction was taken before."), errhint("The transaction might succeed if retried.")));
	pfree(copy);
}

void on_start(QueryDesc *query, int flags)
{
	if ((flags & EXEC_FLAG_EXPLAIN_ONLY) == 0)
		refuse_older_snapshot(query->plannedstmt, query->snapshot);
	if (next_start != nullptr)
		next_start(query, flags);
	else
		standard_ExecutorStart(query, flags);
}

} // namespace

void watch_older_snapshots()
{
	request_shared_area({"pg_mosaic older snapshots", needed, attach});
	next_start = ExecutorStart_hook;
	ExecutorStart_hook = on_start;
}

bool older_snapshots_are_watched()
{
	return shared != nullptr;
}

bool keep_older_snapshots_from(Oid table)
{
	const TransactionId by = call(GetTopTransactionId);
	// Whom every snapshot sees as over nobody asks for any more.
	const TransactionId oldest = call(GetOldestNonRemovableTransactionId, static_cast<Relation>(nullptr));
	const lwlock guard(lock, LW_EXCLUSIVE);
	const auto free = std::find_if(shared->tables.begin(), shared->tables.end(), [=](const moved_into &entry) {
		return !OidIsValid(entry.database) || TransactionIdPrecedes(entry.by, oldest);
	});
	if (free == shared->tables.end())
		return false;
	*free = {MyDatabaseId, table, by};
	if (!TransactionIdIsValid(shared->newest) || TransactionIdPrecedes(shared->newest, by))
		shared->newest = by;
	return true;
}

} // namespace pg
