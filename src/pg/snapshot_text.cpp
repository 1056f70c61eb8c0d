// snapshot_text.cpp: snapshots as the SQL type pg_snapshot shows them.
#include "pg/snapshot_text.hpp"

extern "C" {
#include "utils/fmgroids.h"
}

namespace pg {

std::string current_snapshot_text()
{
	return call([] { return static_cast<const char *>(OidOutputFunctionCall(F_PG_SNAPSHOT_OUT, OidFunctionCall0(F_PG_CURRENT_SNAPSHOT))); });
}

value snapshot_value(const std::string &text) { return {PG_SNAPSHOTOID, input(PG_SNAPSHOTOID, text.c_str()), false}; }

uint64 own_transaction()
{
	return U64FromFullTransactionId(GetTopFullTransactionIdIfAny());
}

uint64 own_transaction_for_writing()
{
	return U64FromFullTransactionId(call([] { return GetTopFullTransactionId(); }));
}

} // namespace pg
