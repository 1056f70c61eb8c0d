// error.cpp: carrying a C++ exception over to ereport().
#include <cstring>

#include "pg/error.hpp"

namespace pg {

namespace detail {

// Copies without ever raising: this runs inside a catch handler, and a
// longjmp out of one would strand the exception in flight.
static const char *keep(const char *text, const char *otherwise) noexcept
{
	const std::size_t size = std::strlen(text) + 1;
	if (size == 1)
		return nullptr;
	if (size > MaxAllocSize)
		return otherwise;
	void *copy = MemoryContextAllocExtended(ErrorContext, size, MCXT_ALLOC_NO_OOM);
	return copy ? static_cast<const char *>(std::memcpy(copy, text, size)) : otherwise;
}

void report::set(int sqlstate, const char *message, const char *detail, const char *hint, origin from) noexcept
{
	from_ = from;
	sqlstate_ = sqlstate;
	message_ = keep(message, "out of memory while reporting an error");
	detail_ = keep(detail, nullptr);
	hint_ = keep(hint, nullptr);
}

void report::raise() const
{
	if (rethrow_)
	{
		// As errfinish() leaves it: a handler may delete the context in which the
		// error was raised, which must not be the current one then.
		MemoryContextSwitchTo(ErrorContext);
		PG_RE_THROW();
	}
	if (errstart_cold(ERROR, TEXTDOMAIN))
	{
		errcode(sqlstate_);
		errmsg_internal("%s", message_ ? message_ : "unspecified error");
		if (detail_)
			errdetail_internal("%s", detail_);
		if (hint_)
			errhint("%s", hint_);
		errfinish(from_.file, from_.line, from_.function);
	}
	pg_unreachable();
}

} // namespace detail

void notice(int level, const char *message, const char *detail, const char *hint, int sqlstate)
{
	Assert(level < ERROR);
	call([=] {
		ereport(level, (sqlstate ? errcode(sqlstate) : 0, errmsg_internal("%s", message),
						detail ? errdetail_internal("%s", detail) : 0, hint ? errhint("%s", hint) : 0));
	});
}

} // namespace pg
