// outbox.hpp: mosaic.outbox, one row a transaction that changed something.
#pragma once

#include <string>
#include <vector>

#include "core/change_record.hpp"
#include "core/snapshot.hpp"
#include "pg/error.hpp"

namespace invalidation::outbox {

// The outbox has no TOAST table, so that writing a row takes no snapshot, and
// a row is no longer than a page.  Any key fits, whatever its table's name.
constexpr std::size_t longest_body = MaxHeapTupleSize - 64;

// False, with a WARNING, where the extension has been dropped meanwhile: an
// unrelated COMMIT must not fail for that.
bool insert(const std::string &body);

struct row {
	uint64 xid;
	std::string body; // core change records
};

// What a row says, as views into it.  A damaged one is an error that says how
// to get past it.
void read_records_of(const row &of, std::vector<core::change_record> &records);

// Rows that `to` sees and `from` does not, by transaction.  Where they are more
// than `most`, or more than the memory that one may take for them, `to` is cut
// back to those that are returned.  Needs an active snapshot that sees no less
// than `to`.
std::vector<row> read_window(const core::snapshot &from, core::snapshot &to, std::size_t most);

} // namespace invalidation::outbox
