// inherited.hpp: what LIKE and ATTACH leave out of a new partition.
//
// CREATE TABLE (LIKE …) and ATTACH PARTITION carry over columns, constraints,
// defaults, indexes, foreign keys and triggers.  Tablespace, access method,
// storage options, statistics targets, replica identity and grants they do
// not; a partition without them surprises its owner months later.
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
	std::vector<std::string> options;		  // name=value for WITH, quoted
	std::vector<std::string> column_settings; // ALTER COLUMN …, quoted
	std::string replica_identity;			  // FULL, NOTHING, or empty
	Oid identity_index = InvalidOid;		  // of the parent; its copy is the identity
	std::vector<granted> grants;
};

// From the level's parent; storage options, which only leaves have, from the
// lowest level's settings, else from the newest leaf of the set.
inherited inherited_of(const set &settings);


} // namespace partition
