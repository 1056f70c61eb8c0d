// locking.hpp: asking for locks without making anybody queue behind us.
//
// A waiting ACCESS EXCLUSIVE request stops every later reader and writer.  So
// all locks that a step needs are asked for together, each for a few
// milliseconds; when one does not come, all are given back, and after a pause
// the next try begins, until the budget is used up.  There is never a last
// try without a limit.
//
// What is done behind the locks belongs to the try.  It needs locks that nobody
// can ask for beforehand, those of the catalogs, and somebody may have them for
// long: a VACUUM that truncates one, a session that locked it.  To wait for
// them with the locks of the tables in hand would be to keep everybody else
// waiting too; so that work is undone as well, and tried again.
#pragma once

#include <functional>

#include "pg/memory.hpp"

namespace pg {

struct lock_request {
	Oid relation;
	LOCKMODE mode;
};

struct lock_policy {
	int timeout_ms; // one try
	int pause_ms;	// between tries
	int budget_ms;	// all tries of a step
};

// By mosaic.lock_timeout, lock_pause and lock_budget, for areas that do not
// define these settings.
lock_policy configured_lock_policy();

struct lock_outcome {
	bool granted;
	int tries;
};

// Takes all locks, in the order given, until the end of the transaction.
lock_outcome acquire_all(const vector<lock_request> &requests, const lock_policy &policy);

// The same, and does behind them what is to be done, which is told how many
// tries there have been.  All of it is undone where a lock of its own does not
// come, and done again: nothing may come of it but by its last call.
lock_outcome work_behind(const vector<lock_request> &requests, const lock_policy &policy, const std::function<void(int tries)> &work);

// Does anybody wait for an ACCESS EXCLUSIVE lock of ours on a relation?
bool is_waited_for(Oid relation);

// The transactions that hold a lock on a relation now.  On a busy table there
// is always one; what matters is when those of this moment have ended.
class lock_holders {
public:
	explicit lock_holders(Oid relation);

	bool all_ended() const;

private:
	const VirtualTransactionId *holders_;
};

// For a scope, lock_timeout does not hold.  For what is done on behalf of a
// session that set it for locks of its own, and is over in a moment.
class lock_timeout_off {
public:
	lock_timeout_off() noexcept : saved_(LockTimeout) { LockTimeout = 0; }
	~lock_timeout_off() { LockTimeout = saved_; }
	lock_timeout_off(const lock_timeout_off &) = delete;
	lock_timeout_off &operator=(const lock_timeout_off &) = delete;

private:
	int saved_;
};

} // namespace pg
