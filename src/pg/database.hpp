// database.hpp: the databases of the cluster, seen from outside them.
#pragma once

#include <string>

#include "pg/memory.hpp"

namespace pg {

struct database {
	Oid oid;
	NameData name;
};

// The databases that a worker may stay in: open to connections, whole, and no
// templates, which CREATE DATABASE copies only while nobody is inside.  In the
// order of their OIDs.
vector<database> list_databases();

// Is it still one of those?
bool database_is_open(Oid database);

// Empty where there is none.
std::string database_name(Oid database);

// Is somebody about to drop, rename, move or copy the database?  Those hold a
// lock on it that excludes what every connecting session takes, and then give
// the sessions inside five seconds to leave.
bool database_is_wanted(Oid database);

} // namespace pg
