// pass.cpp: a pass over sets.
//
// Creation comes first and alone decides whether rows can be written; what
// happens in retirement never holds it up, nor one partition's retirement that
// of another.  The parents are analysed last, because ANALYZE and ATTACH block
// each other, and only where nobody would have to wait.
#include "partition/pass.hpp"

#include "partition/log.hpp"
#include "partition/missing_row.hpp"
#include "partition/retiring.hpp"
#include "pg/identity.hpp"
#include "pg/spi.hpp"

namespace partition {

namespace {

enum class result { nothing_due, done, deferred, failed };

plan creation_steps(const plan &steps)
{
	plan kept;
	for (const step &what : steps)
		if (!is_retirement(what.what))
			kept.push_back(what);
	return kept;
}

plan retirement_steps(const plan &steps)
{
	plan kept;
	for (const step &what : steps)
		if (is_retirement(what.what))
			kept.push_back(what);
	return kept;
}

// Runs of steps with one parent, as apply() takes them.
std::vector<plan> by_parent(const plan &steps)
{
	std::vector<plan> groups;
	for (const step &what : steps)
	{
		if (groups.empty() || groups.back().front().parent != what.parent)
			groups.emplace_back();
		groups.back().push_back(what);
	}
	return groups;
}

void require_parent(Oid parent)
{
	if (!OidIsValid(pg::owner_of(parent)))
		throw pg::failure(ERRCODE_UNDEFINED_TABLE, "the parent of the set no longer exists", "Its OID was " + std::to_string(parent) + ".",
						  "Forget the set with: SELECT mosaic.drop_parent(" + std::to_string(parent) + ");");
}

// One set in a pass that commits as it goes.  The first transaction only
// looks; where nothing is due it is the only one.
class set_pass {
public:
	set_pass(pg::transaction_driver &driver, Oid parent, pass_outcome &outcome) : driver_(driver), parent_(parent), outcome_(outcome) {}

	void run()
	{
		plan steps = look();
		if (!creation_steps(steps).empty())
		{
			while (driver_.goes_on() && create_one() == result::done)
				pg::check_for_interrupts();
			steps = look(); // the last partition may not be the last any more
		}
		for (const step &what : retirement_steps(steps))
		{
			pg::check_for_interrupts();
			if (!driver_.goes_on())
				return;
			retire_one(what);
		}
		conclude();
	}

private:
	// Runs work in a transaction of its own; an error rolls it back and is
	// recorded in the same transaction.
	template <typename Work>
	result in_transaction(Work &&work)
	{
		driver_.begin();
		result what = result::nothing_due;
		ErrorData *error = pg::attempt([&] { what = work(); });
		if (error != nullptr)
			what = failed(*error);
		driver_.commit();
		outcome_.applied += what == result::done;
		outcome_.deferred += what == result::deferred;
		changed_ = changed_ || what == result::done;
		return what;
	}

	result failed(const ErrorData &error)
	{
		record_failure(parent_, error);
		pg::notice(LOG, ("could not maintain partitions of " + pg::qualified_name(parent_) + ": " + error.message).c_str(), error.detail,
				   error.hint, error.sqlerrcode);
		failed_ = true;
		return result::failed;
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
			require_parent(parent_);
			steps = plan_set(state_.settings, {GetCurrentTransactionStartTimestamp(), state_.confirmed, state_.retiring}).steps;
			return result::nothing_due;
		});
		return steps;
	}

	static result result_of(const std::vector<applied> &done)
	{
		if (done.empty())
			return result::nothing_due;
		return done.front().outcome == "done" ? result::done : result::deferred;
	}

	result create_one()
	{
		return in_transaction([&] {
			const plan steps = creation_steps(plan_set(state_.settings, asked()).steps);
			if (steps.empty())
				return result::nothing_due;
			return result_of(apply(level_of(state_.settings, steps.front().parent), {steps.front()}, asked()));
		});
	}

	void retire_one(const step &what)
	{
		bool concurrently = false;
		set level;
		const result looked = in_transaction([&] {
			level = level_of(state_.settings, what.parent);
			concurrently = driver_.at_top_level() && can_detach_concurrently(level, what);
			return result::nothing_due;
		});
		if (looked == result::failed)
			return;
		step rest = what;
		if (concurrently)
		{
			const detach_outcome detached = detach_concurrently(driver_, level, what);
			if (detached.deferred || detached.error != nullptr)
			{
				in_transaction([&] { return detached.deferred ? result::deferred : failed(*detached.error); });
				return;
			}
			rest.detached = true;
		}
		in_transaction([&] { return result_of(apply(level, {rest}, asked())); });
	}

	void conclude()
	{
		if (changed_)
			in_transaction([&] {
				analyze();
				purge_log();
				return result::nothing_due;
			});
		outcome_.failed += failed_;
		const bool recovered = state_.failing && !failed_;
		if (recovered || state_.confirmed)
			in_transaction([&] {
				if (recovered)
					clear_failure(parent_);
				if (state_.confirmed)
					clear_confirmation(parent_);
				return result::nothing_due;
			});
	}

	void analyze()
	{
		const pg::acting_as owner(pg::owner_of(parent_));
		pg::spi().execute("ANALYZE (SKIP_LOCKED) " + pg::qualified_name(parent_));
	}

	pg::transaction_driver &driver_;
	Oid parent_;
	pass_outcome &outcome_;
	set_state state_;
	bool changed_ = false;
	bool failed_ = false;
};

maintained row_of(Oid parent, const applied &done)
{
	return {parent, action_name(done.what.what), done.partition, done.what.lower, done.what.upper, done.outcome, done.detail};
}

maintained row_of(const set &settings, const step &what, const ErrorData &error)
{
	std::string detail = error.message;
	if (error.detail != nullptr)
		detail += std::string(": ") + error.detail;
	return {settings.root, action_name(what.what), partition_name(settings, what), what.lower, what.upper, "failed", detail};
}

// Applies steps in a subtransaction; an error is recorded and becomes a row.
bool apply_and_report(const set &settings, const plan &steps, const request &asked, std::vector<maintained> &rows)
{
	std::vector<applied> done;
	ErrorData *error = pg::attempt([&] { done = apply(settings, steps, asked); });
	if (error != nullptr)
	{
		record_failure(settings.root, *error);
		rows.push_back(row_of(settings, steps.front(), *error));
		return false;
	}
	for (const applied &one : done)
		rows.push_back(row_of(settings.root, one));
	return true;
}

} // namespace

pass_outcome maintain_sets(pg::transaction_driver &driver, const std::vector<Oid> &parents)
{
	pass_outcome outcome;
	for (const Oid parent : parents)
		if (driver.goes_on())
			set_pass(driver, parent, outcome).run();
	return outcome;
}

pass_outcome maintain(pg::transaction_driver &driver, Oid parent)
{
	if (OidIsValid(parent))
		return maintain_sets(driver, {parent});
	driver.begin();
	const std::vector<Oid> parents = due_parents();
	driver.commit();
	pass_outcome outcome;
	make_wanted(driver, outcome);
	for (const Oid one : parents)
	{
		if (!driver.goes_on())
			break;
		set_pass(driver, one, outcome).run();
		make_wanted(driver, outcome); // somebody may have come while it ran
	}
	return outcome;
}

std::vector<maintained> maintain_in_transaction(const set_state &state, TimestampTz reference_time)
{
	const Oid parent = state.settings.parent;
	std::vector<maintained> rows;
	const request asked{reference_time, state.confirmed, state.retiring};
	plan steps;
	ErrorData *error = pg::attempt([&] {
		require_parent(parent);
		steps = plan_set(state.settings, asked).steps;
	});
	if (error != nullptr)
	{
		record_failure(parent, *error);
		return {{parent, "plan", {}, {}, {}, "failed", error->message}};
	}
	bool well = true;
	for (const plan &created : by_parent(creation_steps(steps)))
		well = apply_and_report(level_of(state.settings, created.front().parent), created, asked, rows) && well;
	if (!rows.empty())
		steps = plan_set(state.settings, asked).steps; // the last partition may not be the last any more
	for (const step &what : retirement_steps(steps))
	{
		pg::check_for_interrupts();
		well = apply_and_report(level_of(state.settings, what.parent), {what}, asked, rows) && well;
	}
	if (state.confirmed)
		clear_confirmation(parent);
	if (well && state.failing)
		clear_failure(parent);
	return rows;
}

} // namespace partition
