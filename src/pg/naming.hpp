// naming.hpp: what names are taken, and how long they may be.
#pragma once

#include <string>
#include <vector>

#include "pg/memory.hpp"

namespace pg {

std::string relation_name(Oid relation); // bare; 42P01 where it is gone
std::string partition_key_text(Oid parent); // its columns and expressions
// FOR VALUES … or DEFAULT of a partition, in ISO and UTC.
std::string bound_clause_of(Oid partition);
bool is_partitioned(Oid relation);
// A table and all partitions below it, parents before their partitions.
vector<Oid> table_and_below(Oid table);
Oid schema_of(Oid relation);
std::string schema_name(Oid schema); // 3F000 where it is gone
Oid schema_named(const std::string &name); // InvalidOid for none
Oid schema_oid_of(const std::string &schema); // 3F000 where it is gone
// Relation of a name in a schema; InvalidOid for none.
Oid relation_named(Oid schema, const std::string &name);
std::vector<Oid> indexes_of(Oid table);
// The index of a partition that belongs to an index of its parent.
Oid index_copy(Oid partition, Oid parent_index);
bool is_foreign_table(Oid relation);
// Is the name one of a relation or type of the schema?
bool name_taken(Oid schema, const std::string &name);
// At most so many bytes, cut between characters of the database's encoding.
std::string clipped(const std::string &text, std::size_t bytes);
// Eight hexadecimal digits of the server's hash of a text.
std::string hash_hex(const std::string &text);

} // namespace pg
