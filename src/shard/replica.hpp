// replica.hpp: which server of a shard to talk to, and how to reach it.
#pragma once

#include <string>

#include "shard/locate.hpp"

namespace shard {

// The node of a place for a role: 'primary', or 'replica', of which a key
// always gets the same one and each gets keys in proportion to its weight.
const node &node_for(const map &m, const place &p, const key &k, std::string_view role);

// A libpq connection string: never a user, never a password.
std::string dsn_of(const node &n, const place &p);

} // namespace shard
