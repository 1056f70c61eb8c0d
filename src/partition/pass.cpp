// pass.cpp: a pass over sets.
//
// Creation comes first and alone decides whether rows can be written; what
// happens in retirement never holds it up, nor one partition's retirement that
// of another.  The parents are analysed last, because ANALYZE and ATTACH block
// each other, and only where nobody would have to wait.
#include "partition/pass.hpp"

#include <algorithm>
#include <deque>

#include "partition/analyze.hpp"
#include "partition/default_partition.hpp"
#include "partition/drain_default.hpp"
#include "partition/exclusion.hpp"
#include "partition/guards.hpp"
#include "partition/ledger.hpp"
#include "partition/log.hpp"
#include "partition/missing_row.hpp"
#include "partition/retiring.hpp"
#include "pg/identity.hpp"
#include "pg/partition_table.hpp"

namespace partition {

namespace {

enum class result { nothing_due, done, blocked, deferred, failed };

// One set in a pass that commits as it goes.  The first transaction only
// looks; where nothing is due it is the only one.
class set_pass {
public:
	enum class waiting { heeded, ignored };

	set_pass(pg::transaction_driver &driver, Oid parent, waiting retries, pass_outcome &outcome)
		: driver_(driver), parent_(parent), retries_(retries), outcome_(outcome) {}

	void create()
	{
		const plan steps = look();
		if (is_due(state_.create_retry))
			create_around_default(creation_steps(steps));
		if (is_due(state_.retain_retry))
			retirements_ = retirement_steps(steps);
	}

	// Rows of the default partition that are in the way of a step, or belong
	// into a hole that nobody fills by itself.
	void drain()
	{
		if (driver_.goes_on())
			changed_ = drain_where_wanted(driver_, state_) || changed_;
	}

	void retire()
	{
		work_ = work::retain;
		for (const step &what : retirements_)
		{
			pg::check_for_interrupts();
			if (!driver_.goes_on())
				return;
			// Who keeps this one waiting would keep the next one as well, and
			// other sets behind them.
			if (retire_one(what) == result::deferred)
				break;
		}
	}

	void conclude()
	{
		attempted_.reset();
		if (changed_)
			in_transaction([&] {
				analyze_parent(parent_);
				purge_log();
				close_departures_of_gone(parent_);
				return result::nothing_due;
			});
		outcome_.failed += create_failed_ || retain_failed_;
		const bool noted = trusted_ && note_is_old(state_);
		const bool create_recovered = state_.create_retry && is_due(state_.create_retry) && !create_failed_;
		const bool retain_recovered = state_.retain_retry && is_due(state_.retain_retry) && !retain_failed_;
		if (create_recovered || retain_recovered || state_.confirmed || noted)
			in_transaction([&] {
				if (create_recovered)
					clear_failure(parent_, work::create);
				if (retain_recovered)
					clear_failure(parent_, work::retain);
				if (state_.confirmed)
					clear_confirmation(parent_);
				if (noted)
					note_guard(parent_);
				return result::nothing_due;
			});
	}

private:
	bool is_due(const std::optional<TimestampTz> &retry) const
	{
		return retries_ == waiting::ignored || !retry || *retry <= GetCurrentTimestamp();
	}

	// Runs work in a transaction of its own; an error rolls it back and is
	// recorded in the same transaction.
	template <typename Work>
	result in_transaction(Work &&run)
	{
		driver_.begin();
		result what = result::nothing_due;
		{
			// A procedure's memory is that of the whole CALL.
			const pg::memory_scope memory("pg_mosaic step");
			if (const ErrorData *error = pg::attempt([&] { what = run(); }); error != nullptr)
				what = failed(*error);
		}
		driver_.commit();
		outcome_.applied += what == result::done;
		outcome_.deferred += what == result::deferred;
		changed_ = changed_ || what == result::done;
		return what;
	}

	// Has somebody else retired it meanwhile, a pass beside this one or a user?
	bool is_overtaken() const
	{
		if (!attempted_ || !is_retirement(attempted_->what))
			return false;
		const Oid partition = attempted_->partition;
		return !OidIsValid(pg::owner_of(partition)) || (!attempted_->detached && pg::parent_of(partition) != attempted_->parent);
	}

	result failed(const ErrorData &error)
	{
		if (is_overtaken())
			return result::nothing_due;
		if (attempted_)
			record_failed_step(state_.settings, *attempted_, error);
		if (attempted_ && attempted_->what == action::archive)
			note_failed(attempted_->partition, error_text(error));
		// Without a plan neither kind of work has got any further.
		for (const work kind : {work::create, work::retain})
			if (planned_ ? kind == work_ : is_due(kind == work::create ? state_.create_retry : state_.retain_retry))
				count_failure(kind, error);
		pg::notice(LOG, ("could not maintain partitions of " + pg::qualified_name(parent_) + ": " + error.message).c_str(), error.detail,
				   error.hint, error.sqlerrcode);
		return result::failed;
	}

	// By the pass, not by the step.
	void count_failure(work kind, const ErrorData &error)
	{
		bool &before = kind == work::create ? create_failed_ : retain_failed_;
		if (!before)
			record_failure(parent_, kind, error);
		before = true;
	}

	request asked() const { return {GetCurrentTransactionStartTimestamp(), state_.confirmed, true}; }

	plan look()
	{
		plan steps;
		in_transaction([&] {
			const std::optional<set_state> found = find_set(parent_);
			if (!found)
				return result::nothing_due; // forgotten since the pass began
			state_ = *found;
			if (!is_due(state_.create_retry) && !is_due(state_.retain_retry))
				return result::nothing_due;
			require_parent(parent_);
			driver_.works_on(parent_);
			const request asked = request_for(state_, GetCurrentTransactionStartTimestamp());
			steps = plan_set(state_.settings, asked).steps;
			trusted_ = state_.noted && asked.held == guard::none;
			excluding_ = is_excluding(parent_);
			planned_ = true;
			return result::nothing_due;
		});
		return steps;
	}

	static result result_of(const std::vector<applied> &done)
	{
		if (done.empty())
			return result::nothing_due;
		return done.front().outcome == "deferred" ? result::deferred : result::done;
	}

	void create_around_default(const plan &due)
	{
		const bool excluded = exclude_ahead(driver_, state_.settings, due);
		create_all(due.size());
		if (excluded || excluding_)
			lift_exclusion(driver_, state_.settings);
	}

	// One after the other; one that fails, or that rows in the default
	// partition are in the way of, is passed over.
	void create_all(std::size_t due)
	{
		std::size_t passed_over = 0;
		result made = result::done;
		while (passed_over < due && made != result::nothing_due && made != result::deferred && driver_.goes_on())
		{
			pg::check_for_interrupts();
			made = create_one(passed_over);
			passed_over += made != result::done;
		}
	}

	result create_one(std::size_t after)
	{
		return in_transaction([&] {
			request one = asked();
			one.limit = static_cast<int>(after) + 1;
			plan steps;
			bool blocked = false;
			set level;
			look_without_locks([&] {
				steps = creation_steps(plan_set(state_.settings, one).steps);
				if (steps.size() <= after)
					return;
				attempted_ = steps[after];
				blocked = is_blocked(*attempted_);
				level = level_of(state_.settings, attempted_->parent);
			});
			if (steps.size() <= after)
				return result::nothing_due;
			return blocked ? result::blocked : result_of(apply(level, {*attempted_}, one));
		});
	}

	result retire_one(const step &what)
	{
		attempted_ = what;
		if (!driver_.at_top_level())
			return in_transaction([&] { return result_of(apply(level_of(state_.settings, what.parent), {what}, asked())); });
		bool ready = true;
		bool concurrently = false;
		set level;
		const result looked = in_transaction([&] {
			level = level_of(state_.settings, what.parent);
			concurrently = can_detach_concurrently(level, what);
			ready = !concurrently || !what.waits || is_ready(level, what);
			return result::nothing_due;
		});
		if (looked == result::failed || !ready)
			return looked;
		step rest = what;
		if (concurrently)
		{
			const detach_outcome detached = detach_concurrently(driver_, level, what);
			if (detached.deferred || detached.error != nullptr)
				return in_transaction([&] { return detached.deferred ? result_of({defer(level, what, 1)}) : failed(*detached.error); });
			rest.detached = true;
		}
		return in_transaction([&] { return result_of(apply(level, {rest}, asked())); });
	}

	// Has the step before it been done?  apply() asks that itself.
	bool is_ready(const set &level, const step &what) const
	{
		if (confirm_retirement(level, what, asked()))
			return true;
		const plan now = plan_level(level, asked()).steps;
		return std::any_of(now.begin(), now.end(), [&](const step &planned) { return planned.same_as(what) && !planned.waits; });
	}

	pg::transaction_driver &driver_;
	Oid parent_;
	waiting retries_;
	pass_outcome &outcome_;
	set_state state_;
	bool trusted_ = false; // clock and cluster are as the last pass noted them
	std::optional<step> attempted_; // what an error is about
	plan retirements_;
	work work_ = work::create;
	bool excluding_ = false; // a pass that was killed has left its CHECK
	bool planned_ = false;
	bool changed_ = false;
	bool create_failed_ = false;
	bool retain_failed_ = false;
};

} // namespace

// Every set is covered before the first partition of any is retired: that may
// have to wait for old transactions.  Between sets comes what somebody is
// waiting for, where the caller says how.
template <typename Between>
static void run_pass(pg::transaction_driver &driver, const std::vector<Oid> &parents, set_pass::waiting retries, pass_outcome &outcome,
					 Between &&between)
{
	std::deque<set_pass> passes;
	for (const Oid parent : parents)
	{
		if (!driver.goes_on())
			break;
		between();
		passes.emplace_back(driver, parent, retries, outcome).create();
	}
	for (set_pass &one : passes)
	{
		between();
		one.drain();
		one.retire();
		one.conclude();
	}
	between();
}

pass_outcome maintain_sets(pg::transaction_driver &driver, const std::vector<Oid> &parents)
{
	pass_outcome outcome;
	run_pass(driver, parents, set_pass::waiting::ignored, outcome, [] {});
	return outcome;
}

pass_outcome maintain(pg::transaction_driver &driver, Oid parent)
{
	if (OidIsValid(parent))
		return maintain_sets(driver, {parent});
	driver.begin();
	const std::vector<Oid> parents = all_parents();
	driver.commit();
	pass_outcome outcome;
	run_pass(driver, parents, set_pass::waiting::heeded, outcome, [&] { make_wanted(driver, outcome); });
	return outcome;
}

} // namespace partition
