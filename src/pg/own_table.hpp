// own_table.hpp: a table of the extension that every commit may write to.
//
// What a one-row transaction pays besides its row is mostly memory that is not
// in the processor's caches.  So the table is looked up by name once a session,
// and opening, inserting and closing are one crossing.
#pragma once

#include "pg/value.hpp"

namespace pg {

class own_table {
public:
	explicit constexpr own_table(const char *name) noexcept : name_(name) {}

	// As insert_row() does; false where the extension has been dropped.
	bool insert(std::initializer_list<value> columns);

private:
	Oid lock(LOCKMODE mode);

	const char *name_;
	Oid oid_ = InvalidOid;		// set to it by whatever changes or drops the table
	own_table *next_ = nullptr; // of those that have been looked up
	bool listed_ = false;

	friend void forget_own_table(Oid) noexcept;
};

} // namespace pg
