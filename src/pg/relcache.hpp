// relcache.hpp: one catalog of ours as the signal that what backends cached
// from it is out of date.
//
// The server's relation cache carries the message: sent at commit, never
// after a rollback, also through WAL to standbys, and seen by the changing
// transaction itself at its next command.
#pragma once

#include "pg/error.hpp"

namespace pg {

// Tells every backend, at commit, that a relation's cached state is void.
inline void signal_change(Oid relation)
{
	call([=] { CacheInvalidateRelcacheByRelid(relation); });
}

// Calls back for every such message; InvalidOid means every relation.  The
// callback runs in the middle of anything and may only set flags.
inline void on_change(RelcacheCallbackFunction callback)
{
	call([=] { CacheRegisterRelcacheCallback(callback, 0); });
}

// Are the changes those of another server, or of a restore?  Then only the
// triggers fire that were enabled for it.
inline bool applies_replicated_changes()
{
	return SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA;
}

} // namespace pg

// PG_FUNCTION for a function that must know of every transaction that has
// committed before the call: it receives their messages first, outside every
// C++ frame, so that nothing need guard the call.
#define PG_FUNCTION_AFTER_CHANGES(name)                                                           \
	extern "C" PGDLLEXPORT Datum name(PG_FUNCTION_ARGS);                                          \
	extern "C" { PG_FUNCTION_INFO_V1(name); }                                                     \
	static Datum name##_body(FunctionCallInfo fcinfo);                                            \
	extern "C" Datum name(PG_FUNCTION_ARGS)                                                       \
	{                                                                                             \
		AcceptInvalidationMessages();                                                             \
		return pg::boundary([fcinfo] { return name##_body(fcinfo); });                            \
	}                                                                                             \
	static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
