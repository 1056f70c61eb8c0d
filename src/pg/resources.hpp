// resources.hpp: server resources as scopes.
//
// Each is given back when its scope ends normally.  When the scope ends by an
// exception nothing is given back here: the exception becomes an ERROR at the
// boundary, and transaction abort releases every lock, pin, snapshot, SPI
// level and LWLock the server knows of.  (Doing it twice is worse than not at
// all: ERROR has already zeroed InterruptHoldoffCount.)
#pragma once

#include "pg/error.hpp"

namespace pg {

// For use in call(): an OID may come from a user, or its relation have gone
// since, which is 42P01 and to the server's own relation_open() an internal
// error.
Relation open_relation(Oid oid, LOCKMODE mode);

// An open relation.  Closing keeps the lock until the end of the transaction
// where keep_lock is given to the constructor.
class relation {
public:
	enum class on_close { release_lock, keep_lock };
	enum class missing_ok { yes };

	relation(Oid oid, LOCKMODE mode, on_close closing = on_close::release_lock)
		: relation_(call([=] { return open_relation(oid, mode); })), unlock_(closing == on_close::keep_lock ? NoLock : mode) {}
	// Null where the relation is gone.
	relation(Oid oid, LOCKMODE mode, missing_ok)
		: relation_(call([=] { return try_relation_open(oid, mode); })), unlock_(mode) {}
	~relation()
	{
		if (relation_ != nullptr && !unwinding_)
			relation_close(relation_, unlock_);
	}
	relation(const relation &) = delete;
	relation &operator=(const relation &) = delete;

	explicit operator bool() const noexcept { return relation_ != nullptr; }
	Relation get() const noexcept { return relation_; }
	Relation operator->() const noexcept { return relation_; }
	Oid oid() const noexcept { return RelationGetRelid(relation_); }
	const char *name() const noexcept { return RelationGetRelationName(relation_); }
	Form_pg_class form() const noexcept { return relation_->rd_rel; }

private:
	unwinding unwinding_;
	Relation relation_;
	LOCKMODE unlock_;
};

// The latest snapshot, pushed as the active one: what an ordinary statement
// would see now, whatever the transaction's isolation level.  In parallel mode
// the server takes no new one, and nobody writes.
class latest_snapshot {
public:
	latest_snapshot()
	{
		call([] { PushActiveSnapshot(IsInParallelMode() ? GetActiveSnapshot() : GetLatestSnapshot()); });
	}
	~latest_snapshot()
	{
		if (!unwinding_)
			PopActiveSnapshot();
	}
	latest_snapshot(const latest_snapshot &) = delete;
	latest_snapshot &operator=(const latest_snapshot &) = delete;

private:
	unwinding unwinding_;
};

class lwlock {
public:
	lwlock(LWLock *lock, LWLockMode mode) : lock_(lock) { call([=] { LWLockAcquire(lock, mode); }); }
	~lwlock()
	{
		if (!unwinding_)
			LWLockRelease(lock_);
	}
	lwlock(const lwlock &) = delete;
	lwlock &operator=(const lwlock &) = delete;

private:
	unwinding unwinding_;
	LWLock *lock_;
};

namespace detail {

// Runs fn in a subtransaction that finish() ends where fn does not fail.
template <typename Fn>
[[nodiscard]] ErrorData *run_in_subtransaction(Fn &&fn, void (*finish)())
{
	MemoryContext const memory = CurrentMemoryContext;
	ResourceOwner const owner = CurrentResourceOwner;

	call([=] {
		BeginInternalSubTransaction(nullptr);
		MemoryContextSwitchTo(memory);
	});
	bool failed = false;
	try
	{
		call([&] {
			boundary(fn);
			finish();
			MemoryContextSwitchTo(memory);
			CurrentResourceOwner = owner;
		});
	}
	catch (const server_error &)
	{
		failed = true;
	}
	if (!failed)
		return nullptr;

	return call([=] {
		MemoryContextSwitchTo(memory);
		ErrorData *error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(memory);
		CurrentResourceOwner = owner;
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION)
			throw_copied(error);
		return error;
	});
}

} // namespace detail

// Runs fn in a subtransaction and returns the error that ended it, if any
// (allocated in the caller's memory context).  Cancellation and shutdown,
// SQLSTATE class 57, are not errors to recover from: they keep flying.
template <typename Fn>
[[nodiscard]] ErrorData *attempt(Fn &&fn)
{
	return detail::run_in_subtransaction(fn, ReleaseCurrentSubTransaction);
}

// Runs fn in a subtransaction that is rolled back in the end: what comes of it,
// locks included, is not there afterwards.  An error keeps flying.
template <typename Fn>
void rehearse(Fn &&fn)
{
	if (ErrorData *error = detail::run_in_subtransaction(fn, RollbackAndReleaseCurrentSubTransaction))
		call([=] { throw_copied(error); });
}

} // namespace pg
