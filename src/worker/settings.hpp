// settings.hpp: the settings of the background processes.
#pragma once

namespace worker {

namespace settings {
extern bool enabled;
extern int naptime; // s, between two passes over a database
extern int max_workers;
extern int max_databases;
} // namespace settings

void define_settings();

} // namespace worker
