// transaction.cpp: who begins and ends transactions.
#include "pg/transaction.hpp"

#include "pg/background_worker.hpp"
#include "pg/extension.hpp"
#include "pg/value.hpp"

extern "C" {
#include "tcop/pquery.h"
}

namespace pg {

void worker_transactions::begin()
{
	call([] {
		SetCurrentStatementStartTimestamp();
		StartTransactionCommand();
	});
	// Before the snapshot, which must not be older than the answer.
	if (!lock_extension(extension_))
		throw failure(ERRCODE_ADMIN_SHUTDOWN, "extension \"pg_mosaic\" has been dropped");
	call([] { PushActiveSnapshot(GetTransactionSnapshot()); });
}

void worker_transactions::commit()
{
	call([] {
		if (ActiveSnapshotSet())
			PopActiveSnapshot();
		CommitTransactionCommand();
	});
	MemoryContextSwitchTo(home_);
}

void worker_transactions::rollback()
{
	call([] { AbortCurrentTransaction(); });
	MemoryContextSwitchTo(home_);
}

void worker_transactions::works_on(Oid relation)
{
	report_activity(("maintaining " + qualified_name(relation)).c_str());
}

bool may_commit(FunctionCallInfo fcinfo)
{
	return fcinfo->context != nullptr && IsA(fcinfo->context, CallContext) && !castNode(CallContext, fcinfo->context)->atomic;
}

procedure_transactions::procedure_transactions()
{
	call([] { SPI_connect_ext(SPI_OPT_NONATOMIC); });
}

procedure_transactions::~procedure_transactions()
{
	if (!unwinding_)
		SPI_finish();
}

// A COMMIT takes the snapshot with it; the server has a new one only where a
// statement asks for it.
void procedure_transactions::begin()
{
	call(EnsurePortalSnapshotExists);
}

void procedure_transactions::commit()
{
	call([] { SPI_commit(); });
}

void procedure_transactions::rollback()
{
	call([] { SPI_rollback(); });
}

} // namespace pg
