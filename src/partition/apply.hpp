// apply.hpp: carrying out steps of a plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "partition/plan.hpp"

namespace partition {

// Qualified name of the partition that a step is about.
std::string partition_name(const step &what);
struct applied {
	step what;
	std::string partition; // qualified name
	std::string outcome;   // done, deferred, unfinished
	std::string detail;
};

// In the current transaction and the order given: takes the locks that the
// steps need, plans again (somebody else may have been here meanwhile), and
// carries out the steps that are still in the plan.  Steps whose locks did not
// come are deferred.  The settings are those of the level that the steps are
// of; all steps have one parent and one kind: creation, or one retirement.
std::vector<applied> apply(const set &settings, const plan &steps, const request &asked);

// For mosaic.metrics, once nothing but the transaction's end can undo them.
void count(const std::vector<applied> &results);

// For creations in several tables: asks for the locks of all of them together,
// so that none is held while another is waited for.
bool lock_for_creation(const std::vector<set> &levels);

// Records that a step waits for the next pass, its locks asked for so often.
applied defer(const set &settings, const step &what, int tries);

// One creation in the place of the partition that the step names, whose locks
// are held and which has no rows: its storage options are kept.  Counted by the
// caller, who may have to undo it.
applied replace(const set &settings, const step &what, const request &asked);

// For the functions that a user calls to get partitions: makes all that are
// due in the current transaction, or refuses before the first where the lock
// table cannot hold them (53200) or the parent cannot be locked (55P03).
std::vector<applied> make_or_refuse(const set &settings, const request &asked);
// The same in several tables.
std::vector<applied> make_or_refuse(const std::vector<set> &levels, const request &asked);

} // namespace partition
