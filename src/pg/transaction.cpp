// transaction.cpp: who begins and ends transactions.
#include "pg/transaction.hpp"

namespace pg {

void worker_transactions::begin()
{
	call([] {
		SetCurrentStatementStartTimestamp();
		StartTransactionCommand();
		PushActiveSnapshot(GetTransactionSnapshot());
	});
}

void worker_transactions::commit()
{
	call([] {
		if (ActiveSnapshotSet())
			PopActiveSnapshot();
		CommitTransactionCommand();
	});
}

void worker_transactions::rollback()
{
	call([] { AbortCurrentTransaction(); });
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

void procedure_transactions::commit()
{
	call([] { SPI_commit(); });
}

void procedure_transactions::rollback()
{
	call([] { SPI_rollback(); });
}

} // namespace pg
