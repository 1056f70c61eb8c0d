// boost_assert.cpp: what a broken assumption of a container comes to.
//
// Boost's containers are checked in production too, by an assert() that would
// abort the process, and a server that loses one ends all sessions to start
// anew.  What is broken here is a session's own memory, so only it ends, and
// properly: its transaction is rolled back and its locks are let go.  It cannot
// be an ERROR, for containers promise to throw nothing, and a longjmp would
// leave their callers half done.
#include <boost/assert.hpp>

#include "pg/server.hpp"

namespace boost {

void assertion_failed_msg(const char *expression, const char *message, const char *function, const char *file, long line)
{
	ereport(FATAL, (errcode(ERRCODE_INTERNAL_ERROR), errmsg_internal("failed assertion of Boost: %s: %s", expression, message),
					errdetail_internal("In %s at %s:%ld.", function, file, line)));
	pg_unreachable();
}

void assertion_failed(const char *expression, const char *function, const char *file, long line)
{
	assertion_failed_msg(expression, "it must hold", function, file, line);
}

} // namespace boost
