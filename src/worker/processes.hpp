// processes.hpp: the table of processes.
#pragma once

#include "worker/shared_state.hpp"

namespace worker {

// Takes this process's place in the table until it exits, by whatever way but
// a crash.  False where another one already does the same.
bool enter(process_kind kind, Oid database);
// What its crash mark is called.
const char *mark_of(process_kind kind);
// Leaves a mark until the process has left, or removes it: one that is still
// there after a crash counts as one more.
void leave_crash_mark(process_kind kind, Oid database);
// What mosaic.worker_status shows; tells pg_stat_activity as well.
void report_state(process_state state, const char *activity = nullptr);

// For the launcher: keeps a place for a process that is about to start, and
// gives back places whose process never came.
bool reserve(shared_state &state, process_kind kind, Oid database);
void give_back(shared_state &state, process_kind kind, Oid database);
// Gives back every place whose process never came.
void give_back_all(shared_state &state);

process *find_process(shared_state &state, process_kind kind, Oid database);

} // namespace worker
