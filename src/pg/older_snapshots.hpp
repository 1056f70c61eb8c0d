// older_snapshots.hpp: tables that rows were moved into, and the transactions
// whose snapshots are from before.
//
// To an older snapshot a moved row is where it was.  But which partitions a
// query looks into follows from the bounds of today, so a query for that very
// row would look only where its snapshot sees nothing.  The server has no
// answer to that; a transaction of REPEATABLE READ or SERIALIZABLE that comes
// too late for it gets the error that asks such transactions to begin anew.
#pragma once

#include "pg/error.hpp"

namespace pg {

// From _PG_init while the library is preloaded.
void watch_older_snapshots();
// Is it?
bool older_snapshots_are_watched();

// From the commit of the current transaction on no statement with an older
// snapshot reads the table: it fails with 40001.  False: there is no room to
// remember one more, until some old snapshot is gone.
bool keep_older_snapshots_from(Oid table);

} // namespace pg
