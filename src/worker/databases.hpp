// databases.hpp: the table of databases, and when each is due.
//
// One function a transition of README.md's drawing.  All but the last two
// groups are called with the state locked.
#pragma once

#include "pg/database.hpp"
#include "worker/shared_state.hpp"

namespace worker {

database *find_database(shared_state &state, Oid oid);

// Takes over what pg_database says: new ones are due at once, those gone are
// forgotten.
void discovered(shared_state &state, const pg::vector<pg::database> &listed);
// The one longest due for a process of the kind, or null.
database *longest_due(shared_state &state, process_kind kind);
// When the launcher has to look again.
TimestampTz next_event(shared_state &state);

// In the launcher, for either kind of process:
void begun(database &entry, process_kind kind);
void not_begun(database &entry, process_kind kind);
void sent_away(database &entry, process_kind kind);
// Its process has gone; a pass that had reported is no longer at work.
void gone(database &entry, process_kind kind);
// Somebody else needs the database to be empty for a moment.
void stand_aside(database &entry, process_kind kind);

// In the process of a pass:
struct pass_report {
	extension_state extension;
	bool complete; // false: left early, to be taken up again soon
	int applied;   // steps
};
void pass_reported(database &entry, const pass_report &report);
void error_raised(database &entry, const char *message);

// From any session, after commit or while it fails: they raise nothing.
void nudge_maintenance();
void nudge_ticker();
void nudge_for_missing_partition();
// A pass for a partition that policy allows: false where it would not begin at
// once.
bool serves_at_once();
bool nudge_for_wanted();

// From a process that sees that the database needs a ticker, and from a ticker
// that sees that it does not, before it ends.
void want_ticker(Oid database);
void ticker_finished(Oid database);
// A ticker that lasted this long was not failing: what crashes from now on is
// not held against it.
constexpr int64 steady = USECS_PER_MINUTE;
void ticker_is_steady(Oid database);

} // namespace worker
