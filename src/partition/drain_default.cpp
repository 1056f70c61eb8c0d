// drain_default.cpp: moving the rows of default partitions where they belong.
#include <algorithm>

#include "partition/drain_default.hpp"

#include "partition/apply.hpp"
#include "partition/default_partition.hpp"
#include "partition/drain_move.hpp"
#include "partition/growing.hpp"
#include "partition/log.hpp"
#include "partition/tree.hpp"
#include "partition/validate.hpp"
#include "pg/hierarchy.hpp"
#include "pg/identity.hpp"
#include "pg/latch.hpp"
#include "pg/naming.hpp"
#include "pg/object_lock.hpp"
#include "pg/older_snapshots.hpp"
#include "pg/rowset.hpp"

namespace partition {

namespace {

// Why a drain did not come to its end.
struct drain_error {
	int sqlstate;
	std::string message;
	std::string detail;
	std::string hint;
};

struct drained {
	int64 rows = 0;
	int steps = 0;
	std::set<std::string> left; // why rows stay
	std::optional<drain_error> error;
};

constexpr int usual_batch = 10000;
constexpr int first_pace = 1000;
constexpr long longest_rest = 100; // milliseconds

constexpr const char *drain_action = "drain";

constinit pg::statement next_try("SELECT next_try <= clock_timestamp() FROM mosaic.partition_failure WHERE parent = $1 AND work = 'drain'");

// Without the library in every session nobody tells older snapshots.
void require_preloaded()
{
	if (!pg::older_snapshots_are_watched())
		throw pg::failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "a default partition can only be drained where pg_mosaic is preloaded",
						  "Transactions with older snapshots would miss the moved rows.", "Add pg_mosaic to shared_preload_libraries and restart the server.");
}

void require_read_committed()
{
	if (IsolationUsesXactSnapshot())
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "a default partition can only be drained in READ COMMITTED transactions",
						  "Each step must see what others have committed by the time its locks come.",
						  "SET default_transaction_isolation = 'read committed';");
}

void record_step(const set &level, const chunk &what, const moved &done, double seconds)
{
	record({level.root, drain_action, partition_name(what.what), what.what.lower, what.what.upper, "done", done.lock_tries, seconds, {},
			std::to_string(done.rows) + (done.rows == 1 ? " row" : " rows"), done.command});
}

void record_failed(const set &level, const chunk &what, const ErrorData &error)
{
	const bool deferred = error.sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE;
	record({level.root, drain_action, partition_name(what.what), what.what.lower, what.what.upper, deferred ? "deferred" : "failed", 0, 0,
			unpack_sql_state(error.sqlerrcode), error.message, {}});
}

// What the next chunk begins with is remembered with its rows.
void remember(const set &level, const chunk &what)
{
	const Oid partition = pg::relation_named(pg::schema_of(level.parent), what.what.name);
	if (!what.last)
		remember_growing(level.root, {partition, what.what.lower, what.upper});
	else
		forget_growing(partition);
}

// An error that ends it is the caller's, or puts the next pass's drain off.
enum class errors { reported, recorded };

class drainage {
public:
	drainage(pg::transaction_driver &driver, Oid table, int batch, errors on_error)
		: driver_(driver), table_(table), on_error_(on_error), course_{batch, std::min(batch, first_pace), {}, {}, {}}
	{
	}

	drained run()
	{
		while (step_done() && driver_.goes_on())
			let_others_pass();
		result_.left = course_.left;
		return result_;
	}

private:
	// False where there is no next step, or no use in trying it.
	bool step_done()
	{
		next_.reset();
		driver_.begin();
		// What a crash undoes is done again: nobody behind our locks has to wait
		// for the disk as well.  Here, where the setting outlives the step.
		pg::set_local("synchronous_commit", "off");
		bool goes_on = false;
		{
			// A procedure's memory is that of the whole CALL.
			const pg::memory_scope memory("pg_mosaic drain step");
			const ErrorData *error = pg::attempt([this] { move_next(); });
			goes_on = error == nullptr ? next_.has_value() : passed_over(*error);
		}
		driver_.commit();
		return goes_on;
	}

	// Who has waited gets the table for as long as we had it: else the next
	// step would queue before the others have gone through.
	void let_others_pass()
	{
		pg::check_for_interrupts();
		if (rest_ > 0)
			pg::pause(std::min(rest_, longest_rest));
		rest_ = 0;
	}

	void move_next()
	{
		require_preloaded();
		require_read_committed();
		const TimestampTz begun = GetCurrentTimestamp();
		pg::lock_exclusively(table_); // against another drain of it
		const pg::latest_snapshot now;
		level_ = level_of(require_set(set_around(table_)).settings, table_);
		driver_.works_on(table_);
		next_ = next_chunk(level_, course_, GetCurrentTransactionStartTimestamp());
		if (!next_)
			return;
		const moved done = move_rows(level_, *next_, GetCurrentTransactionStartTimestamp());
		remember(level_, *next_);
		record_step(level_, *next_, done, static_cast<double>(GetCurrentTimestamp() - begun) / static_cast<double>(pg::usecs_per_second));
		advance(course_, *next_, done.rows, done.locked);
		result_.rows += done.rows;
		++result_.steps;
		rest_ = done.waited_for ? static_cast<long>(done.locked / 1000) : 0;
	}

	// In the transaction that remains after an error.
	bool passed_over(const ErrorData &error)
	{
		if (next_)
			record_failed(level_, *next_, error);
		if (next_ && error.sqlerrcode != ERRCODE_LOCK_NOT_AVAILABLE)
		{
			pass_over(*next_, course_, "rows of " + partition_name(next_->what) + ", which could not be made: " + error.message);
			return true;
		}
		if (on_error_ == errors::recorded)
			record_failure(table_, work::drain, error);
		result_.error = drain_error{error.sqlerrcode, error.message, text_or_empty(error.detail), text_or_empty(error.hint)};
		return false;
	}

	static std::string text_or_empty(const char *text) { return text != nullptr ? text : ""; }

	pg::transaction_driver &driver_;
	Oid table_;
	errors on_error_;
	drain_course course_;
	set level_;
	std::optional<chunk> next_;
	drained result_;
	long rest_ = 0; // milliseconds
};

bool may_try(Oid parent)
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute(next_try, {pg::regclass_value(parent)}, pg::spi::access::read_latest);
	return spi.size() == 0 || spi[0].boolean(1);
}

// Is there anything to look at?  Costs a set without drain_default nothing.
bool is_wanted(pg::transaction_driver &driver, const set &settings)
{
	if (!settings.drain_default || settings.create_paused)
		return false;
	bool wanted = false;
	driver.begin();
	[[maybe_unused]] const ErrorData *gone = pg::attempt([&] {
		const Oid default_partition = default_partition_of(settings.parent);
		wanted = OidIsValid(default_partition) && pg::tree_has_rows(default_partition) && may_try(settings.parent);
	});
	driver.commit();
	return wanted;
}

void report(const drained &done, Oid table)
{
	const std::string text = "moved " + std::to_string(done.rows) + (done.rows == 1 ? " row" : " rows") + " out of the default partition of \"" +
							 pg::qualified_name(table) + "\"";
	std::string left;
	for (const std::string &why : done.left)
		left += (left.empty() ? "What stays: " : "; ") + why;
	pg::notice(NOTICE, text.c_str(), left.empty() ? nullptr : (left + ".").c_str());
}

void analyze(pg::transaction_driver &driver, Oid table)
{
	driver.begin();
	{
		const pg::acting_as owner(pg::owner_of(table));
		pg::spi().execute("ANALYZE (SKIP_LOCKED) " + pg::qualified_name(table));
	}
	driver.commit();
}

Oid require_default(Oid table)
{
	const Oid default_partition = default_partition_of(table);
	if (!OidIsValid(default_partition))
		throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "\"" + pg::qualified_name(table) + "\" has no default partition",
						  "Rows without a partition are refused, and none waits for one.");
	return default_partition;
}

} // namespace

bool drain_where_wanted(pg::transaction_driver &driver, const set_state &state)
{
	const Oid parent = state.settings.parent;
	if (!is_wanted(driver, state.settings))
		return false;
	const drained done = drainage(driver, parent, usual_batch, errors::recorded).run();
	if (!done.error && done.steps > 0)
	{
		driver.begin();
		clear_failure(parent, work::drain);
		driver.commit();
	}
	return done.steps > 0;
}

PG_FUNCTION(mosaic_drain_default)
{
	const pg::arguments arguments(fcinfo);
	arguments.require(0, "parent");
	arguments.require(1, "batch");
	const Oid table = arguments.oid(0);
	const int batch = arguments.int4(1);
	require_primary("mosaic.drain_default()");
	pg::require_relation(table);
	pg::require_ownership(table);
	require_partitioned(table);
	const Oid root = set_around(table);
	pg::require_ownership(root);
	level_of(require_set(root).settings, table);
	require_default(table);
	if (batch < 1)
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "invalid batch " + std::to_string(batch),
						  "It is the greatest number of rows that are moved while the table is locked.", "The usual value is 10000.");
	if (!pg::may_commit(fcinfo))
		throw pg::failure(ERRCODE_INVALID_TRANSACTION_TERMINATION, "mosaic.drain_default() cannot run inside a transaction block",
						  "It commits after each step.", "CALL it by itself.");
	pg::procedure_transactions driver;
	const drained done = drainage(driver, table, batch, errors::reported).run();
	if (done.steps > 0)
		analyze(driver, table);
	if (done.steps > 0 || !done.error)
		report(done, table);
	if (done.error)
		throw pg::failure(done.error->sqlstate, done.error->message, done.error->detail, done.error->hint);
	return Datum(0);
}

} // namespace partition
