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

// Receives the messages of transactions that have committed by now.
inline void receive_changes()
{
	call([] { AcceptInvalidationMessages(); });
}

} // namespace pg
