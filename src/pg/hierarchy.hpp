// hierarchy.hpp: partitions above and below a table.
#pragma once

#include "pg/memory.hpp"

namespace pg {

// A relkind; 0 where there is no such relation.
char relation_kind(Oid relation);
// May it have triggers?  Cheap, and true for a while after the last has gone.
bool may_have_triggers(Oid relation);
// The partitioned tables above, nearest first; empty unless it is a partition.
vector<Oid> partition_ancestors(Oid relation);
// The table and everything below it; each is locked.
vector<Oid> inheritance_tree(Oid relation, LOCKMODE mode);
// Does any table without partitions of its own, in the tree, have a block?
bool tree_has_rows(Oid relation);
// Blocks of all tables in the tree, without TOAST and indexes.
int64 tree_pages(Oid relation);

} // namespace pg
