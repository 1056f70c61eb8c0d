// own_table.hpp: a table of the extension, looked up by name once a session.
//
// For what every commit writes to: schema and name cost two look-ups in the
// catalogs' caches, more than opening the table does.
#pragma once

#include "pg/resources.hpp"

namespace pg {

class own_table {
public:
	explicit constexpr own_table(const char *name) noexcept : name_(name) {}

	// Locked and open until the end of its scope; null where the extension has
	// been dropped.
	relation open(LOCKMODE mode);

private:
	Oid lock(LOCKMODE mode);

	const char *name_;
	Oid oid_ = InvalidOid;		// set to it by whatever changes or drops the table
	own_table *next_ = nullptr; // of those that have been looked up
	bool listed_ = false;

	friend void forget_own_table(Oid) noexcept;
};

} // namespace pg
