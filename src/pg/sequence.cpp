// sequence.cpp: a sequence as a clock that all sessions share.
//
// nextval alone never repeats, and setval moves the sequence forward when the
// clock has overtaken it.  The one danger is a setval that takes back what
// others have drawn since somebody looked at the clock: so drawing holds a
// share lock and setting an exclusive one, on page 0 of the sequence, which
// nobody else locks, each for the length of one call and not of a transaction.
// Where the clock has to be compared with the sequence itself, its last value
// is read: nextval may answer from values that the session drew long ago.
#include <algorithm>

#include "pg/sequence.hpp"

#include "pg/resources.hpp"

extern "C" {
#include "commands/sequence.h"
#include "utils/fmgrprotos.h"
}

namespace pg {

namespace {

class page_lock {
public:
	page_lock(const relation &locked, LOCKMODE mode) : relation_(locked.get()), mode_(mode)
	{
		call([this] { LockPage(relation_, 0, mode_); });
	}
	~page_lock()
	{
		if (!unwinding_)
			UnlockPage(relation_, 0, mode_);
	}
	page_lock(const page_lock &) = delete;
	page_lock &operator=(const page_lock &) = delete;

private:
	unwinding unwinding_;
	Relation relation_;
	LOCKMODE mode_;
};

int64 next_value(Oid sequence)
{
	return DatumGetInt64(call([=] { return DirectFunctionCall1(nextval_oid, ObjectIdGetDatum(sequence)); }));
}

// 0 where nothing has been drawn yet.
int64 last_value(Oid sequence)
{
	return call([=]() -> int64 {
		LOCAL_FCINFO(fcinfo, 1);
		InitFunctionCallInfoData(*fcinfo, nullptr, 1, InvalidOid, nullptr, nullptr);
		fcinfo->args[0].value = ObjectIdGetDatum(sequence);
		fcinfo->args[0].isnull = false;
		const Datum last = pg_sequence_last_value(fcinfo);
		return fcinfo->isnull ? 0 : DatumGetInt64(last);
	});
}

void set_value(Oid sequence, int64 value)
{
	call([=] { DirectFunctionCall2(setval_oid, ObjectIdGetDatum(sequence), Int64GetDatum(value)); });
}

} // namespace

int64 next_tick(Oid sequence, int64 (*now)())
{
	const relation opened(sequence, RowExclusiveLock, relation::on_close::keep_lock);
	{
		const page_lock drawing(opened, ShareLock);
		const int64 drawn = next_value(sequence);
		if (drawn >= now())
			return drawn;
	}
	const page_lock setting(opened, ExclusiveLock);
	const int64 tick = std::max(last_value(sequence) + 1, now());
	set_value(sequence, tick);
	return tick;
}

} // namespace pg
