// locking.cpp: asking for locks without making anybody queue behind us.
#include "pg/locking.hpp"

#include "pg/identity.hpp"
#include "pg/latch.hpp"
#include "pg/resources.hpp"

namespace pg {

namespace {

bool is_lock_conflict(const ErrorData *error)
{
	return error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE || error->sqlerrcode == ERRCODE_T_R_DEADLOCK_DETECTED;
}

// Without work the subtransaction writes nothing, so it costs no transaction id;
// a failed one gives back the locks it already had.
template <typename Work>
bool try_once(const vector<lock_request> &requests, int timeout_ms, Work &&work)
{
	ErrorData *error = attempt([&] {
		setting_scope settings;
		set_local("lock_timeout", std::to_string(timeout_ms).c_str());
		for (const lock_request &request : requests)
			call(LockRelationOid, request.relation, request.mode);
		work();
	});
	if (error != nullptr && !is_lock_conflict(error))
		call([=] { throw_copied(error); });
	return error == nullptr;
}

template <typename Work>
lock_outcome try_repeatedly(const vector<lock_request> &requests, const lock_policy &policy, Work &&work)
{
	const TimestampTz start = GetCurrentTimestamp();
	for (int tries = 1;; ++tries)
	{
		if (try_once(requests, policy.timeout_ms, [&] { work(tries); }))
			return {true, tries};
		if (TimestampDifferenceExceeds(start, GetCurrentTimestamp(), policy.budget_ms))
			return {false, tries};
		pause(policy.pause_ms);
	}
}

} // namespace

lock_policy configured_lock_policy()
{
	const auto milliseconds = [](const char *name) { return std::stoi(call([=] { return GetConfigOption(name, false, false); })); };
	return {milliseconds("mosaic.lock_timeout"), milliseconds("mosaic.lock_pause"), milliseconds("mosaic.lock_budget")};
}

lock_outcome acquire_all(const vector<lock_request> &requests, const lock_policy &policy)
{
	return try_repeatedly(requests, policy, [](int) {});
}

lock_outcome work_behind(const vector<lock_request> &requests, const lock_policy &policy, const std::function<void(int tries)> &work)
{
	return try_repeatedly(requests, policy, work);
}

bool is_waited_for(Oid table)
{
	const relation open(table, NoLock);
	return call(LockHasWaitersRelation, open.get(), AccessExclusiveLock);
}

lock_holders::lock_holders(Oid relation)
	: holders_(call([=] {
		  LOCKTAG tag;
		  SET_LOCKTAG_RELATION(tag, MyDatabaseId, relation);
		  return GetLockConflicts(&tag, AccessExclusiveLock, nullptr);
	  }))
{
}

bool lock_holders::all_ended() const
{
	return call([this] {
		for (const VirtualTransactionId *holder = holders_; VirtualTransactionIdIsValid(*holder); ++holder)
			if (!VirtualXactLock(*holder, false))
				return false;
		return true;
	});
}

} // namespace pg
