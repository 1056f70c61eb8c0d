// inherited.hpp: what LIKE and ATTACH leave out of a new partition.
//
// CREATE TABLE (LIKE …) and ATTACH PARTITION carry over columns, constraints,
// defaults, indexes, foreign keys and triggers.  Tablespace, access method,
// storage options, statistics targets, replica identity and grants they do
// not; a partition without them surprises its owner months later.  This is the
// one place that hands them down, however many levels there are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "partition/set.hpp"

namespace partition {

struct granted {
	std::string privileges; // with column lists, quoted
	std::string grantee;	// quoted, with WITH GRANT OPTION where it has that
};

struct inherited {
	std::optional<std::string> tablespace;
	std::optional<std::string> access_method;
	bool unlogged = false;					  // where the parent says so, which it can up to PostgreSQL 17
	std::vector<std::string> options;		  // name=value for WITH, quoted
	std::vector<std::string> column_settings; // ALTER COLUMN …, quoted
	std::string replica_identity;			  // FULL, NOTHING, or empty
	Oid identity_index = InvalidOid;		  // of the parent; its copy is the identity
	bool statistics_targets = false;		  // of extended statistics, which LIKE copies without
	std::vector<granted> grants; // for the levels that hand privileges down
	// PARTITION BY of the new partition and of those below it that are not
	// leaves; one for each further level of the set.
	std::vector<std::string> clauses;
};

// From the level's parent; grants, which only the set's parent is sure to
// have, from there; storage options, which only leaves have, from the settings
// of the lowest level that has some, else from the leaf given or the newest.
inherited inherited_of(const set &settings, Oid leaf = InvalidOid);

} // namespace partition
