// transaction.cpp: who begins and ends transactions.
#include "pg/transaction.hpp"

#include "pg/extension.hpp"

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

procedure_transactions::procedure_transactions()
{
	call([] { SPI_connect_ext(SPI_OPT_NONATOMIC); });
}

procedure_transactions::~procedure_transactions()
{
	if (!unwinding_)
		SPI_finish();
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
