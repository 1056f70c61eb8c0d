// watch_triggers.hpp: the triggers of a watch.
//
//   zz_mosaic_<id>_row        AFTER INSERT OR UPDATE OR DELETE, a row; the
//                             server clones it to partitions, present and future
//   zz_mosaic_<id>_insert, _update, _delete   instead of it, where a condition
//                             has to name NEW, either, or OLD
//   zz_mosaic_<id>_truncate   on the table and on every partition, which the
//                             server does not do
//
// zz_ makes them fire last, so that they see what other triggers made of a row.
#pragma once

#include "invalidation/watch.hpp"

namespace invalidation {

// On the watched table and all its partitions, as the current user.
void create_triggers(const watch &w);
// On one more partition and what is below it.
void create_truncate_triggers(const watch &w, Oid partition);
// From all of the tree below (and with) a table.
void drop_triggers(int64 watch_id, Oid table);
void drop_truncate_triggers(int64 watch_id, Oid table);

// The number in a trigger's name; 0 where it is none of ours.
int64 watch_of_trigger(const std::string &trigger);
bool is_truncate_trigger(const std::string &trigger);

} // namespace invalidation
