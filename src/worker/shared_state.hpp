// shared_state.hpp: what the processes know of each other.
//
// Two tables in shared memory under one lock: the processes there are, and the
// databases with what is due in them.  Both are small and scanned; the lock is
// held for such a scan and never around anything that can raise.  After a
// crash they begin empty, and the launcher fills them again.
#pragma once

#include "pg/resources.hpp"

namespace worker {

enum class process_kind : uint8 { none, launcher, maintenance, ticker };
enum class process_state : uint8 { starting, idle, running, leaving };

// A process, or with pid 0 the place kept for one that is being started.
struct process {
	process_kind kind;
	process_state state;
	pid_t pid;
	Oid database;
	TimestampTz since; // when the state began
	Latch *latch;
};

enum class extension_state : uint8 { unknown, absent, present, other_version, being_restored };

constexpr int error_size = 256;

// One kind of process in one database.
struct duty {
	bool at_work;	// from the launcher's decision until it is known to have ended
	bool may_end;	// sent away, or has nothing left to do
	int failures;	// in a row: ends that were neither expected nor reported
	int crashes;	// of the server, in a row, each during it
	TimestampTz due;
	TimestampTz since; // when it last began
	TimestampTz ended;
};

// A database that may need us.
struct database {
	Oid oid;
	NameData name;
	extension_state extension;
	duty maintenance;
	duty ticker;
	bool wants_ticker;
	bool nudged;	  // once more when the pass has ended
	bool missed;	  // a row found no partition since the pass began
	bool for_miss;	  // the pass began for such a row
	int64 miss_pause; // us after a pass until such a row counts again
	TimestampTz passed_at; // end of the last complete pass; 0: none yet
	int64 passes;
	int64 errors;
	TimestampTz error_at;
	char last_error[error_size];

	duty &of(process_kind kind) { return kind == process_kind::ticker ? ticker : maintenance; }
};

struct shared_state {
	Latch *launcher;		// null: none runs
	bool discover;			// a database asked that is not listed
	bool slots_exhausted;	// the server had no background worker left
	bool databases_left_out; // more than mosaic.max_databases
	int process_capacity;
	int database_capacity;
	int database_count;
	// followed by process[process_capacity] and database[database_capacity],
	// the databases in the order of their OIDs

	process *processes() { return reinterpret_cast<process *>(MAXALIGN(reinterpret_cast<uintptr_t>(this + 1))); }
	database *databases() { return reinterpret_cast<database *>(MAXALIGN(reinterpret_cast<uintptr_t>(processes() + process_capacity))); }
	process *processes_end() { return processes() + process_capacity; }
	database *databases_end() { return databases() + database_count; }
};

// From _PG_init while the library is preloaded.
void request_shared_state();
// Without preloading there is none.
bool has_shared_state();

// The state under its lock for a scope.
class locked_state {
public:
	explicit locked_state(LWLockMode mode);

	shared_state *operator->() const noexcept { return state_; }
	shared_state &operator*() const noexcept { return *state_; }

private:
	pg::lwlock lock_;
	shared_state *state_;
};

} // namespace worker
