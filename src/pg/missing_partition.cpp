// missing_partition.cpp: noticing that a row found no partition.
//
// What to do about such a row depends on its key and on catalogs.  The report
// has the key as text only, translated, cut at 64 bytes and not at all for
// users without the right to read it; and when it is written the transaction
// is no longer fit for catalogs.  So the error is caught where the statement
// runs, as a PL/pgSQL exception block would catch it, and thrown again:
//
// - It can only be ExecFindPartition's own: that function's name is in the
//   report, whatever the language.  It holds no lock but those of the
//   transaction and is in the middle of nothing, so a subtransaction can begin
//   right there.  Whatever catches the error afterwards rolls that back too.
// - The slot that ExecFindPartition looked at is still that of the executor's
//   per-tuple context, in the row type of the table that had no partition, on
//   whatever level.  COPY keeps its executor state to itself; there the key is
//   read from the DETAIL, behind the columns that the server puts before it,
//   and taken for unknown where it may have been cut.
//
// The guard costs nanoseconds for each statement that writes.
#include "pg/missing_partition.hpp"

#include "pg/compat.hpp"
#include "pg/memory.hpp"
#include "pg/resources.hpp"
#include "pg/value.hpp"

extern "C" {
#include "access/xact.h"
#include "executor/executor.h"
#include "postmaster/bgworker.h"
#include "replication/logicalworker.h"
#include "tcop/utility.h"
#include "utils/ruleutils.h"
}

namespace pg {

namespace {

constinit missing_row_receiver receiver = nullptr;
constinit missing_partition_receiver plain_receiver = nullptr;
constinit ExecutorRun_hook_type next_run = nullptr;
constinit ProcessUtility_hook_type next_utility = nullptr;
constinit emit_log_hook_type next_report = nullptr;

// The error in flight has been looked at, by a statement inside this one.
constinit bool heeded = false;

// Values of this length or more are cut in the DETAIL.
constexpr std::size_t cut_length = 64;

constexpr const char *retry_hint = "A partition for the row is being made. Try again.";

bool is_missing_partition(const ErrorData *error)
{
	return error->sqlerrcode == ERRCODE_CHECK_VIOLATION && error->schema_name != nullptr && error->table_name != nullptr &&
		   error->funcname != nullptr && strcmp(error->funcname, "ExecFindPartition") == 0;
}

bool is_own_process()
{
	return MyBgworkerEntry != nullptr && strcmp(MyBgworkerEntry->bgw_library_name, "pg_mosaic") == 0;
}

Oid table_of(const ErrorData *error)
{
	return call([=] {
		const Oid schema = get_namespace_oid(error->schema_name, true);
		return OidIsValid(schema) ? get_relname_relid(error->table_name, schema) : InvalidOid;
	});
}

// The first key column of the row in a slot, as the server computes it.
std::optional<missing_key> key_in_slot(const relation &table, TupleTableSlot *slot)
{
	missing_key found;
	const bool fits = call([&] {
		const PartitionKey key = RelationGetPartitionKey(table.get());
		if (TTS_EMPTY(slot) || slot->tts_tupleDescriptor->natts != RelationGetDescr(table.get())->natts)
			return false;
		if (key->partattrs[0] != 0)
		{
			if (TupleDescAttr(slot->tts_tupleDescriptor, key->partattrs[0] - 1)->atttypid != key->parttypid[0])
				return false;
			found.datum = slot_getattr(slot, key->partattrs[0], &found.null);
			return true;
		}
		EState *state = CreateExecutorState();
		ExprContext *context = GetPerTupleExprContext(state);
		context->ecxt_scantuple = slot;
		ExprState *expression = ExecPrepareExpr(static_cast<Expr *>(linitial(key->partexprs)), state);
		found.datum = ExecEvalExpr(expression, context, &found.null);
		return true;
	});
	return fits ? std::optional(found) : std::nullopt;
}

// Behind "(column) = (" in the DETAIL.
std::optional<missing_key> key_in_detail(const relation &table, const char *detail)
{
	const PartitionKey key = call(RelationGetPartitionKey, table.get());
	if (detail == nullptr || key->partnatts != 1)
		return std::nullopt;
	const char *columns = call([&] { return static_cast<const char *>(pg_get_partkeydef_columns(table.oid(), true)); });
	const std::string text = detail;
	const std::string before = std::string("(") + columns + ") = (";
	const std::size_t at = text.find(before);
	const std::size_t end = text.rfind(')');
	if (at == std::string::npos || end == std::string::npos || end < at + before.size())
		return std::nullopt;
	const std::string value = text.substr(at + before.size(), end - at - before.size());
	if (value.size() >= cut_length || value == "null")
		return std::nullopt;
	return missing_key{false, input(key->parttypid[0], value.c_str(), key->parttypmod[0])};
}

bool ask_receiver(const ErrorData *error, TupleTableSlot *slot)
{
	const Oid oid = table_of(error);
	if (!OidIsValid(oid))
		return false;
	missing_row row{oid, std::nullopt};
	{
		const relation table(oid, AccessShareLock, relation::on_close::keep_lock);
		if (table.form()->relkind != RELKIND_PARTITIONED_TABLE)
			return false;
		row.key = slot != nullptr ? key_in_slot(table, slot) : key_in_detail(table, error->detail);
	}
	return receiver(row);
}

// Gives the error in flight its hint, where it is one of ours; throws it again
// in any case.
[[noreturn]] void heed(TupleTableSlot *slot, ResourceOwner owner)
{
	if (heeded || geterrcode() != ERRCODE_CHECK_VIOLATION || is_own_process() || IsInParallelMode())
		throw server_error{};
	const memory_scope memory("pg_mosaic row without a partition");
	ErrorData *error = call(CopyErrorData);
	if (!is_missing_partition(error))
		throw server_error{};
	heeded = true;
	call(FlushErrorState);
	CurrentResourceOwner = owner;

	// What fails in here must not hide the error that the client waits for.
	bool retry_helps = false;
	ErrorData *trouble = attempt([&] { retry_helps = ask_receiver(error, slot); });
	if (trouble != nullptr)
		notice(DEBUG1, "could not look at a row without a partition", trouble->message, nullptr, trouble->sqlerrcode);
	if (retry_helps && error->hint == nullptr)
		error->hint = const_cast<char *>(retry_hint);
	call([=] { throw_copied(error); });
	throw server_error{};
}

// The executor's per-tuple slot when the error came.
TupleTableSlot *current_slot(const QueryDesc *query)
{
	const ExprContext *context = query->estate != nullptr ? query->estate->es_per_tuple_exprcontext : nullptr;
	return context != nullptr ? context->ecxt_scantuple : nullptr;
}

template <typename Run, typename Slot>
void run_heeding(Run &&run, Slot &&slot_of)
{
	boundary([&] {
		ResourceOwner const owner = CurrentResourceOwner;
		bool failed = false;
		heeded = false;
		try
		{
			call(run);
		}
		catch (const server_error &)
		{
			failed = true;
		}
		if (failed)
			heed(slot_of(), owner);
	});
}

void on_run(EXECUTOR_RUN_PARAMETERS)
{
	const auto run = [&] {
		if (next_run != nullptr)
			next_run(EXECUTOR_RUN_ARGUMENTS);
		else
			standard_ExecutorRun(EXECUTOR_RUN_ARGUMENTS);
	};
	if (query->operation == CMD_SELECT && !query->plannedstmt->hasModifyingCTE)
		run();
	else
		run_heeding(run, [&] { return current_slot(query); });
}

void on_utility(PlannedStmt *statement, const char *text, bool read_only_tree, ProcessUtilityContext context, ParamListInfo parameters,
				QueryEnvironment *environment, DestReceiver *receiver_of_rows, QueryCompletion *completion)
{
	const auto run = [&] {
		if (next_utility != nullptr)
			next_utility(statement, text, read_only_tree, context, parameters, environment, receiver_of_rows, completion);
		else
			standard_ProcessUtility(statement, text, read_only_tree, context, parameters, environment, receiver_of_rows, completion);
	};
	if (IsA(statement->utilityStmt, CopyStmt) && reinterpret_cast<CopyStmt *>(statement->utilityStmt)->is_from)
		run_heeding(run, [] { return static_cast<TupleTableSlot *>(nullptr); });
	else
		run();
}

// A process that applies a replication stream runs no statements.
void on_report(ErrorData *error)
{
	if (error->elevel == ERROR && is_missing_partition(error) && IsLogicalWorker())
		plain_receiver();
	if (next_report != nullptr)
		next_report(error);
}

} // namespace

void notice_missing_partitions(missing_row_receiver answer, missing_partition_receiver otherwise)
{
	receiver = answer;
	plain_receiver = otherwise;
	next_run = ExecutorRun_hook;
	ExecutorRun_hook = on_run;
	next_utility = ProcessUtility_hook;
	ProcessUtility_hook = on_utility;
	next_report = emit_log_hook;
	emit_log_hook = on_report;
}

} // namespace pg
