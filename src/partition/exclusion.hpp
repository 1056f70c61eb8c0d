// exclusion.hpp: telling ATTACH what is not in the default partition.
//
// ATTACH PARTITION reads the whole default under ACCESS EXCLUSIVE, unless a
// valid CHECK on the default implies that none of its rows belongs into the
// new partition.  Such a CHECK also refuses rows, with 23514, that nobody has
// a partition for yet, so it must never be there for partitions of some later
// day: it names the partitions that are about to be attached and no other, and
// goes when they are there.  What is attached by then is refused to the
// default by the server anyway.
//
// Where an index of the default leads with the key, the CHECK lives inside the
// transaction that attaches: under the lock that ATTACH needs in any case, the
// index shows that there is no such row, and the CHECK is marked valid.  No
// row is ever refused by it.
//
// Without one the default has to be read, and is, by VALIDATE CONSTRAINT under
// SHARE UPDATE EXCLUSIVE, with everybody at work: the CHECK is added NOT VALID
// in a transaction of its own, under a lock of an instant, validated in the
// next, and dropped after the last ATTACH.  Meanwhile the default refuses rows
// of the partitions being made; a statement tried again finds them.  There is
// at most one such CHECK a table, and a pass that finds one of a pass that was
// killed drops it.
#pragma once

#include "partition/plan.hpp"
#include "pg/transaction.hpp"

namespace partition {

// In the transaction that attaches, the default locked: true where a CHECK
// now stands that end_exclusion() takes away.  Refuses where the default has
// such rows (23514).
bool exclude_from_default(Oid parent, const step &what, std::string &command);
// The same for a caller who has just taken all such rows away.
void exclude_emptied(Oid parent, const std::string &condition, std::string &command);
void end_exclusion(Oid parent, std::string &command);

// The same for a default without an index, around the steps of a pass, outside
// transactions.  True where there is a CHECK to be lifted afterwards; does
// nothing where it would not pay.
bool exclude_ahead(pg::transaction_driver &driver, const set &settings, const plan &steps);
void lift_exclusion(pg::transaction_driver &driver, const set &settings);
// Is there one, perhaps of a pass that was killed?
bool is_excluding(Oid parent);

} // namespace partition
