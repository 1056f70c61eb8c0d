// settings.hpp: the settings of cache invalidation.
#pragma once

#include <cstddef>

namespace invalidation {

enum class mode_override : int { none, outbox, direct };

namespace settings {

extern bool enabled;
extern int mode; // a mode_override
extern int max_keys;
extern int max_key_bytes;
extern int payload_max;
extern int max_payloads;
extern int tick_interval;		 // ms
extern int tick_naptime;		 // ms
extern int outbox_retention;	 // s
extern int outbox_retention_max; // s
extern int notify_highwater;	 // percent

} // namespace settings

// From _PG_init.
void define_settings();
// Is the library loaded in a way that lets a ticker run?
bool preloaded();

// What fits: the setting within the server's limit.
std::size_t payload_limit();
// Longest key in JSON; leaves room in a payload for all that surrounds it.
std::size_t key_limit();

} // namespace invalidation
