// binding.hpp: what a trigger has to know, compiled once a session.
//
// A watch's trigger fires on the watched table or on one of its leaves, whose
// columns may lie elsewhere.  The binding holds the recipes for exactly that
// relation.  A change of its definition marks it stale; a stale binding is
// replaced at its next use and freed at the end of the transaction, as a
// running query may still point at it.
#pragma once

#include "invalidation/key_maker.hpp"

namespace invalidation {

struct compared_column {
	AttrNumber number;
	bool by_value;
	int16 length;
};

struct binding {
	explicit binding(MemoryContext c)
		: context(c), recipes(pg::allocator<key_recipe>(c)), key_columns(pg::allocator<compared_column>(c)),
		  columns(pg::allocator<compared_column>(c))
	{
	}

	MemoryContext context; // everything below lives in it
	Oid trigger = InvalidOid;
	Oid relation = InvalidOid; // where the trigger is
	Oid table = InvalidOid;	   // what is watched
	bool stale = false;
	bool broken = false; // a column is missing: only the whole table can be named

	int64 watch_id = 0;
	core::payload_kind payload = core::payload_kind::keys;
	bool direct = false;
	std::string_view channel;
	std::string_view table_name; // schema.table, UTF-8
	std::string_view bare_name;
	std::optional<int32> max_keys;

	pg::vector<key_recipe> recipes;
	pg::vector<compared_column> key_columns;
	pg::vector<compared_column> columns; // that matter; empty: all
	AttrNumber last_column = 0;

	// Its place in the pending set of the transaction that set it.
	uint64 transaction = 0;
	uint32 group = 0;
};

binding &binding_for(FunctionCallInfo fcinfo, const TriggerData &call);

// Names of a table as payloads give them, for who has no binding.
std::string table_name_utf8(Oid table);
std::string bare_name_utf8(Oid table);

// At the end of a transaction.
void free_stale_bindings() noexcept;

} // namespace invalidation
