// wakeup.hpp: what a transaction asks of the background processes.
//
// Asking is remembered until the transaction commits, so that nobody is woken
// for what they cannot see yet, and forgotten where it aborts.  The areas ask;
// who answers is installed by the worker area, whose shared memory it needs.
// Without preloading nobody answers, and nothing happens.
#pragma once

#include "pg/error.hpp"

namespace pg {

enum class errand {
	maintenance, // a pass over this database, soon
	ticker,		 // the ticker of this database, now, started where there is none
};

void ask_on_commit(errand what);

using errand_receiver = void (*)(errand what);

// The receiver runs after commit, where an error could no longer be undone:
// it must not raise.
void answer_errands(errand_receiver receiver);

} // namespace pg
