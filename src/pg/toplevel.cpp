// toplevel.cpp: a utility statement the way the server's main loop runs one.
#include "pg/toplevel.hpp"

#include "pg/compat.hpp"
#include "pg/memory.hpp"

extern "C" {
#include "tcop/dest.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/portal.h"
}

namespace pg {

namespace {

// The parse tree lives in the context that is current on entry: the statement
// commits under our feet, and everything in a transaction's context with it.
void run_portal(const char *sql, MemoryContext trees)
{
	MemoryContextSwitchTo(trees);
	RawStmt *statement = linitial_node(RawStmt, pg_parse_query(sql));
	List *queries = pg_analyze_and_rewrite_fixedparams(statement, sql, nullptr, 0, nullptr);
	List *plans = pg_plan_queries(queries, sql, 0, nullptr);

	Portal portal = CreatePortal("", true, true);
	portal->visible = false;
	PortalDefineQuery(portal, nullptr, sql, CreateCommandTag(statement->stmt), plans, nullptr);
	PortalStart(portal, nullptr, 0, InvalidSnapshot);
	portal_run_to_completion(portal, None_Receiver);
	PortalDrop(portal, false);
}

void lift_limits()
{
	SetConfigOption("lock_timeout", "0", PGC_USERSET, PGC_S_SESSION);
	SetConfigOption("statement_timeout", "0", PGC_USERSET, PGC_S_SESSION);
}

} // namespace

void run_at_top_level(const std::string &sql, Oid role)
{
	if (!is_background_worker() || IsTransactionState())
		throw failure(ERRCODE_ACTIVE_SQL_TRANSACTION, "only a background worker between transactions can run a statement at top level");

	const memory_scope trees("pg_mosaic top level statement");
	const char *text = sql.c_str();
	Oid caller;
	int security_context;
	GetUserIdAndSecContext(&caller, &security_context);

	bool failed = false;
	try
	{
		call([&, context = trees.get()] {
			lift_limits();
			debug_query_string = text;
			pgstat_report_activity(STATE_RUNNING, text);
			SetCurrentStatementStartTimestamp();
			StartTransactionCommand();
			SetUserIdAndSecContext(role, 0);
			run_portal(text, context);
			CommitTransactionCommand();
		});
	}
	catch (const server_error &)
	{
		failed = true;
	}
	// Abort restores the user of the transaction that failed, and after the
	// first of several that is the role.
	call([&, context = trees.get()] {
		if (failed)
			AbortCurrentTransaction();
		SetUserIdAndSecContext(caller, security_context);
		debug_query_string = nullptr;
		pgstat_report_activity(STATE_IDLE, nullptr);
		MemoryContextSwitchTo(context);
	});
	if (failed)
		throw server_error{};
}

ErrorData *attempt_at_top_level(const std::string &sql, Oid role)
{
	try
	{
		run_at_top_level(sql, role);
		return nullptr;
	}
	catch (const server_error &)
	{
	}
	return call([] {
		ErrorData *error = CopyErrorData();
		FlushErrorState();
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION)
			throw_copied(error);
		return error;
	});
}

} // namespace pg
