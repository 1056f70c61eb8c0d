// error.hpp: the two crossings between C++ exceptions and PostgreSQL errors.
//
//   call(f)      C++ -> server.  A server ERROR raised inside f arrives here as
//                pg::server_error, so every C++ frame above unwinds normally.
//   boundary(f)  server -> C++.  No exception leaves f; it becomes ereport().
//
// Inside the closure given to call() there are server calls and trivially
// destructible locals, nothing else: a longjmp runs no destructor.
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "pg/server.hpp"

namespace pg {

// ReThrowError copies what it does not take for constant, but the file's and
// the function's name come from CopyErrorData as copies too, which have to
// outlive the context that they were made in.
[[noreturn]] inline void throw_copied(ErrorData *error)
{
	if (error->filename != nullptr)
		error->filename = MemoryContextStrdup(ErrorContext, error->filename);
	if (error->funcname != nullptr)
		error->funcname = MemoryContextStrdup(ErrorContext, error->funcname);
	ReThrowError(error);
	pg_unreachable();
}

// A server ERROR on its way to the client.  The report itself stays on the
// server's own error stack, as it does in a PG_CATCH block; only boundary()
// and attempt() may end its flight.
class server_error final {};

// Where a failure was raised.  (clang 14 has no std::source_location.)
struct origin {
	const char *file = __builtin_FILE();
	int line = __builtin_LINE();
	const char *function = __builtin_FUNCTION();
};

// An error raised by our own C++ code: SQLSTATE, message, DETAIL and HINT as
// ereport() would take them.
class failure : public std::runtime_error {
public:
	failure(int sqlstate, const std::string &message, std::string detail = {}, std::string hint = {}, origin from = {})
		: std::runtime_error(message), sqlstate_(sqlstate), detail_(std::move(detail)), hint_(std::move(hint)), from_(from) {}

	int sqlstate() const noexcept { return sqlstate_; }
	const std::string &detail() const noexcept { return detail_; }
	const std::string &hint() const noexcept { return hint_; }
	const origin &from() const noexcept { return from_; }

private:
	int sqlstate_;
	std::string detail_;
	std::string hint_;
	origin from_;
};

namespace detail {

// The server's handler chain, put back however the scope ends.
class handler_scope {
public:
	handler_scope() noexcept : stack_(PG_exception_stack), context_(error_context_stack) {}
	~handler_scope() {
		PG_exception_stack = stack_;
		error_context_stack = context_;
	}
	handler_scope(const handler_scope &) = delete;
	handler_scope &operator=(const handler_scope &) = delete;

private:
	sigjmp_buf *stack_;
	ErrorContextCallback *context_;
};

// What survives of an exception once its handler has been left.
class report {
public:
	void server() noexcept { rethrow_ = true; }
	void set(int sqlstate, const char *message, const char *detail = "", const char *hint = "", origin from = {}) noexcept;
	[[noreturn]] void raise() const;

private:
	bool rethrow_ = false;
	int sqlstate_ = 0;
	const char *message_ = nullptr;
	const char *detail_ = nullptr;
	const char *hint_ = nullptr;
	origin from_{"", 0, ""};
};

} // namespace detail

template <typename Fn>
auto call(Fn &&fn) -> std::invoke_result_t<Fn>
{
	using result = std::invoke_result_t<Fn>;
	static_assert(std::is_void_v<result> || std::is_trivially_destructible_v<result>,
				  "a server call may be left by longjmp, so it can only yield plain values");
	static_assert(std::is_trivially_destructible_v<std::remove_reference_t<Fn>>,
				  "capture by reference in a server call");

	MemoryContext const memory = CurrentMemoryContext;
	{
		const detail::handler_scope restore;
		sigjmp_buf here;
		if (sigsetjmp(here, 0) == 0)
		{
			PG_exception_stack = &here;
			return std::forward<Fn>(fn)();
		}
	}
	CurrentMemoryContext = memory;
	throw server_error{};
}

// The common case: one server function and its arguments.
template <typename R, typename... Params, typename... Args>
R call(R (*fn)(Params...), Args... args)
{
	return call([&]() -> R { return fn(args...); });
}

template <typename Fn>
auto boundary(Fn &&fn) -> std::invoke_result_t<Fn>
{
	static_assert(std::is_trivially_destructible_v<std::remove_reference_t<Fn>>);

	detail::report report;
	try
	{
		const detail::handler_scope restore;
		return std::forward<Fn>(fn)();
	}
	catch (const server_error &)
	{
		report.server();
	}
	catch (const failure &e)
	{
		report.set(e.sqlstate(), e.what(), e.detail().c_str(), e.hint().c_str(), e.from());
	}
	catch (const std::bad_alloc &)
	{
		report.set(ERRCODE_OUT_OF_MEMORY, "out of memory");
	}
	catch (const std::exception &e)
	{
		report.set(ERRCODE_INTERNAL_ERROR, e.what());
	}
	catch (...)
	{
		report.set(ERRCODE_INTERNAL_ERROR, "unrecognized C++ exception");
	}
	report.raise();
}

inline void check_for_interrupts()
{
	if (unlikely(InterruptPending))
		call(ProcessInterrupts);
}

// A scope that ended because of an exception is the server's to clean up.
class unwinding {
public:
	explicit operator bool() const noexcept { return std::uncaught_exceptions() > at_entry_; }

private:
	int at_entry_ = std::uncaught_exceptions();
};

// Reports without raising: one WARNING, NOTICE or LOG line.
void notice(int level, const char *message, const char *detail = nullptr, const char *hint = nullptr, int sqlstate = 0);

} // namespace pg

// Defines an exported SQL function whose body is plain C++.
#define PG_FUNCTION(name)                                                                         \
	extern "C" PGDLLEXPORT Datum name(PG_FUNCTION_ARGS);                                          \
	extern "C" { PG_FUNCTION_INFO_V1(name); }                                                     \
	static Datum name##_body(FunctionCallInfo fcinfo);                                            \
	extern "C" Datum name(PG_FUNCTION_ARGS)                                                       \
	{                                                                                             \
		return pg::boundary([fcinfo] { return name##_body(fcinfo); });                            \
	}                                                                                             \
	static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
