// log.hpp: the record of what maintenance did, and of what went wrong.
#pragma once

#include <string>

#include "partition/plan.hpp"

namespace partition {

struct log_entry {
	Oid parent;
	std::string action;
	std::string partition; // qualified
	std::string lower;
	std::string upper;
	std::string outcome; // done, deferred, failed
	int lock_tries = 0;
	double seconds = 0;
	std::string sqlstate;
	std::string detail;
	std::string command;
};

// A row of mosaic.partition_log.  What may yet be undone with its row is counted
// later: counters are not taken back.
void write(const log_entry &entry);
// Counted at once.
void record(const log_entry &entry);
void record_failed_step(const set &settings, const step &what, const ErrorData &error);
// Deletes rows older than mosaic.log_days.
void purge_log();

// Creation, retention and draining fail apart, so that none holds up another.
enum class work { create, retain, drain };

// Message and DETAIL.
std::string error_text(const ErrorData &error);

// Puts the work off: exponential back-off with jitter; what only lost against
// somebody else's lock is tried again sooner.
void record_failure(Oid parent, work kind, const ErrorData &error);
// The work is well again.
void clear_failure(Oid parent, work kind);

// mosaic.confirm_retention() lets one pass through.
void confirm_retention(Oid parent);
void clear_confirmation(Oid parent);

} // namespace partition
