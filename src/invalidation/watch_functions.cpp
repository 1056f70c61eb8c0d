// watch_functions.cpp: mosaic.watch and mosaic.unwatch.
#include "invalidation/settings.hpp"
#include "invalidation/watch_checks.hpp"
#include "invalidation/watch_triggers.hpp"

#include "pg/array.hpp"
#include "pg/hierarchy.hpp"
#include "pg/identity.hpp"
#include "pg/library.hpp"
#include "pg/locking.hpp"
#include "pg/naming.hpp"
#include "pg/resources.hpp"

namespace invalidation {

namespace {

void refuse_duplicate(const watch &w, const char *table)
{
	for (const watch &other : watches_of(w.table))
		if (other.keys == w.keys && other.columns == w.columns && other.when == w.when && other.ops == w.ops &&
			other.channel == w.channel && other.direct == w.direct && other.payload == w.payload)
			throw pg::failure(ERRCODE_DUPLICATE_OBJECT, std::string("table \"") + table + "\" is already watched in this way",
							  "Watch " + std::to_string(other.id) + " says the same.",
							  "To change it, first: SELECT mosaic.unwatch(" + std::to_string(other.id) + ");");
}

void warn_if_nothing_delivers()
{
	if (preloaded())
		return;
	pg::notice(WARNING, "no worker delivers the changes of this watch",
			   "The library is not in shared_preload_libraries, so no ticker runs.",
			   "Add pg_mosaic to shared_preload_libraries and restart, or call mosaic.tick() regularly, "
			   "or let consumers poll mosaic.changes_since(). Watches with mode => 'direct' need no worker.");
}

// Behind the locks of CREATE TRIGGER and DROP TRIGGER, which would wait for the
// longest reader or writer with everybody else behind them.
void work_on_table(Oid table, LOCKMODE mode, const std::function<void(int tries)> &work)
{
	const pg::lock_policy policy = pg::configured_lock_policy();
	pg::vector<pg::lock_request> locks;
	for (const Oid member : pg::table_and_below(table))
		locks.push_back({member, mode});
	if (!pg::work_behind(locks, policy, work).granted)
		throw pg::failure(ERRCODE_LOCK_NOT_AVAILABLE, "could not lock table \"" + pg::qualified_name(table) + "\"",
						  "A lock did not come within " + std::to_string(policy.budget_ms) + " ms; nobody was kept waiting for it.",
						  "Call it again when long transactions have ended, or with a longer mosaic.lock_budget.");
}

watch watch_of(const pg::arguments &in)
{
	const pg::relation table(in.oid(0), ShareRowExclusiveLock, pg::relation::on_close::keep_lock);
	require_watchable(table);
	watch w;
	w.table = table.oid();
	if (!in.null(1))
		w.keys = pg::texts(in.datum(1), "keys");
	settle_keys(w, table, !in.null(1));
	if (!in.null(2))
		w.columns = pg::texts(in.datum(2), "columns", NAMEOID);
	require_columns(w.columns, table);
	w.when = in.optional_text(3);
	if (w.when)
		require_condition(*w.when);
	w.ops = require_ops(in.text(4));
	w.channel = NameStr(*DatumGetName(in.datum(5)));
	require_channel(w.channel);
	w.direct = require_mode(in.text(6));
	w.payload = require_payload(in.text(7));
	if (!in.null(8))
		w.max_keys = in.int4(8);
	require_max_keys(w.max_keys);
	w.always = in.boolean(9);
	refuse_duplicate(w, table.name());
	return w;
}

// What CREATE TRIGGER has to say of the condition, in terms of the call.
void create_triggers_under_condition(const watch &w)
{
	ErrorData *error = pg::attempt([&] { create_triggers(w); });
	if (error == nullptr)
		return;
	const int category = ERRCODE_TO_CATEGORY(error->sqlerrcode);
	if (category != ERRCODE_TO_CATEGORY(ERRCODE_SYNTAX_ERROR) && category != ERRCODE_FEATURE_NOT_SUPPORTED)
		pg::call(pg::throw_copied, error);
	throw pg::failure(error->sqlerrcode, "condition \"" + *w.when + "\" cannot be evaluated for a row of " + pg::qualified_name(w.table),
					  std::string("CREATE TRIGGER says: ") + error->message + ".", condition_hint);
}

void require_arguments(const pg::arguments &in)
{
	in.require(0, "rel");
	in.require(4, "ops");
	in.require(5, "channel");
	in.require(6, "mode");
	in.require(7, "payload");
	in.require(9, "always");
}

// The row goes first, so that the event trigger on DROP finds no watch to
// report for.
void remove(Oid table, const std::vector<watch> &watches)
{
	const bool is_there = pg::relation_kind(table) != 0;
	const auto work = [&](int) {
		for (const watch &w : watches)
		{
			delete_watch(w.id);
			if (is_there)
				drop_triggers(w.id, table);
		}
	};
	if (!is_there)
		return work(0);
	pg::require_ownership(table);
	work_on_table(table, AccessExclusiveLock, work);
}

void unwatch(int64 id)
{
	const auto w = load_watch(id);
	if (!w)
		throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "watch " + std::to_string(id) + " does not exist", "",
						  "See what there is: SELECT watch_id, rel FROM mosaic.watch;");
	remove(w->table, {*w});
}

void unwatch_table(Oid table)
{
	const std::vector<watch> all = watches_of(table);
	if (all.empty())
		throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "table " + pg::qualified_name(table) + " is not watched", "",
						  "See what there is: SELECT watch_id, rel FROM mosaic.watch;");
	remove(table, all);
}

} // namespace

} // namespace invalidation

using namespace invalidation;

PG_FUNCTION(mosaic_watch)
{
	pg::require_same_series();
	const pg::arguments in(fcinfo);
	require_arguments(in);
	require_watchable(pg::relation(in.oid(0), AccessShareLock));
	watch w;
	work_on_table(in.oid(0), ShareRowExclusiveLock, [&](int) { // no writer is in between
		w = watch_of(in);
		insert_watch(w);
		if (w.when)
			create_triggers_under_condition(w);
		else
			create_triggers(w);
	});
	if (!w.direct)
		warn_if_nothing_delivers();
	PG_RETURN_INT64(w.id);
}

PG_FUNCTION(mosaic_unwatch)
{
	unwatch(PG_GETARG_INT64(0));
	PG_RETURN_VOID();
}

PG_FUNCTION(mosaic_unwatch_number)
{
	unwatch(PG_GETARG_INT32(0));
	PG_RETURN_VOID();
}

PG_FUNCTION(mosaic_unwatch_table)
{
	unwatch_table(PG_GETARG_OID(0));
	PG_RETURN_VOID();
}

PG_FUNCTION(mosaic_unwatch_named)
{
	const std::string name = pg::to_string(PG_GETARG_DATUM(0));
	unwatch_table(DatumGetObjectId(pg::input(REGCLASSOID, name.c_str())));
	PG_RETURN_VOID();
}
