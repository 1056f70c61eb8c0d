// state.hpp: what is this installation's own: its name in tokens, its secret.
#pragma once

#include <string>

#include "invalidation/deliver.hpp"

namespace invalidation {

// Changes with a restore (the row is not dumped) and differs between a
// database and its copy.
std::string installation();
// Installation and the timeline being written.
std::string current_epoch();

// The key of hashed keys, where any of the changes has some.
std::string secret_if_needed(const coalesced &changes);
std::string hash_secret();

} // namespace invalidation
