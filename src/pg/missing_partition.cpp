// missing_partition.cpp: noticing that a row found no partition.
#include "pg/missing_partition.hpp"

namespace pg {

namespace {

constinit missing_partition_receiver receiver = nullptr;
constinit emit_log_hook_type next_hook = nullptr;

// A violated CHECK has the same SQLSTATE and names its constraint.
bool is_missing_partition(const ErrorData *error)
{
	return error->elevel == ERROR && error->sqlerrcode == ERRCODE_CHECK_VIOLATION && error->table_name != nullptr &&
		   error->constraint_name == nullptr;
}

void on_report(ErrorData *error)
{
	if (is_missing_partition(error) && OidIsValid(MyDatabaseId) && !IsBackgroundWorker)
		receiver();
	if (next_hook != nullptr)
		next_hook(error);
}

} // namespace

void notice_missing_partitions(missing_partition_receiver answer)
{
	receiver = answer;
	next_hook = emit_log_hook;
	emit_log_hook = on_report;
}

} // namespace pg
