// missing_partition.hpp: noticing that a row found no partition.
//
// The statement itself cannot be saved: its partition descriptor is built.
// But the next one sees a partition attached meanwhile by another session, so
// it is worth telling the worker at once, and the client that a retry helps.
#pragma once

#include <optional>
#include <string>

#include "pg/error.hpp"

namespace pg {

// The key of a row in the first column of a table's partition key.
struct missing_key {
	bool null = false;
	Datum datum = 0; // of the key's type
};

struct missing_row {
	Oid table; // that has no partition for it; on any level
	// Not known where COPY told no more than the server's DETAIL, which leaves
	// out keys that the user may not read, and cuts long ones.
	std::optional<missing_key> key;
};

// Asked in the session whose statement failed, in a subtransaction of what is
// about to be rolled back.  An error of its own goes no further.  True: a
// partition for the row is being made, so the client is told to try again.
using missing_row_receiver = bool (*)(const missing_row &row);

// For processes whose rows come from no statement, those that apply a logical
// replication stream: asked where no catalog can be read, and must not raise.
using missing_partition_receiver = void (*)();

void notice_missing_partitions(missing_row_receiver receiver, missing_partition_receiver otherwise);

} // namespace pg
