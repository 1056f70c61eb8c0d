// settings.cpp: the settings of cache invalidation.
#include <algorithm>

#include "invalidation/settings.hpp"

#include "pg/notify.hpp"
#include "pg/settings.hpp"

namespace invalidation {

namespace settings {
bool enabled = true;
int mode = static_cast<int>(mode_override::none);
int max_keys = 10000;
int max_key_bytes = 1024;
int payload_max = pg::longest_payload;
int max_payloads = 8;
int tick_interval = 10;
int tick_naptime = 1000;
int outbox_retention = 3600;
int outbox_retention_max = 24 * 3600;
int notify_highwater = 50;
} // namespace settings

namespace {

// A header, a table's name with every character escaped, brackets.
constexpr std::size_t around_a_key = 1900;
static_assert(around_a_key < pg::longest_payload / 2 + 1);

constinit bool by_postmaster = false;

const config_enum_entry modes[] = {{"none", static_cast<int>(mode_override::none), false},
								   {"outbox", static_cast<int>(mode_override::outbox), false},
								   {"direct", static_cast<int>(mode_override::direct), false},
								   {nullptr, 0, false}};

void define_limits()
{
	pg::define_int({"mosaic.max_keys", "Most keys of a watch in one transaction before the whole table is reported.", PGC_USERSET},
				   &settings::max_keys, 0, 1000 * 1000);
	pg::define_int({"mosaic.max_key_bytes", "Longest key, in bytes of JSON, before the whole table is reported.", PGC_SUSET, GUC_UNIT_BYTE},
				   &settings::max_key_bytes, 16, 4096);
	pg::define_int({"mosaic.payload_max", "Longest notification; the server's own limit holds in any case.", PGC_SIGHUP, GUC_UNIT_BYTE},
				   &settings::payload_max, static_cast<int>(2 * around_a_key), INT_MAX);
	pg::define_int({"mosaic.max_payloads", "Most notifications of a tick and channel before listeners are told to fetch the rest.", PGC_SIGHUP},
				   &settings::max_payloads, 1, 10000);
	pg::define_int({"mosaic.notify_highwater", "Fill of the server's notification queue, in percent, above which only positions are sent.", PGC_SIGHUP},
				   &settings::notify_highwater, 1, 100);
}

void define_times()
{
	pg::define_int({"mosaic.tick_interval", "Shortest time between two ticks.", PGC_SIGHUP, GUC_UNIT_MS},
				   &settings::tick_interval, 0, 60 * 1000);
	pg::define_int({"mosaic.tick_naptime", "Time after which a ticker looks without being woken.", PGC_SIGHUP, GUC_UNIT_MS},
				   &settings::tick_naptime, 10, 4000);
	pg::define_int({"mosaic.outbox_retention", "Time for which ticks can be asked for.", PGC_SIGHUP, GUC_UNIT_S},
				   &settings::outbox_retention, 1, INT_MAX / 1000);
	pg::define_int({"mosaic.outbox_retention_max", "Time for which a subscriber that lags holds ticks back.", PGC_SIGHUP, GUC_UNIT_S},
				   &settings::outbox_retention_max, 1, INT_MAX / 1000);
}

} // namespace

void define_settings()
{
	by_postmaster = process_shared_preload_libraries_in_progress;
	pg::define_bool({"mosaic.invalidation_enabled", "Collect changes of watched tables.", PGC_SUSET}, &settings::enabled);
	pg::define_enum({"mosaic.invalidation_mode", "Mode of all watches, whatever they were made with.", PGC_SUSET}, &settings::mode, modes);
	define_limits();
	define_times();
}

bool preloaded() { return by_postmaster; }

std::size_t payload_limit()
{
	return std::min(static_cast<std::size_t>(settings::payload_max), pg::longest_payload);
}

std::size_t key_limit()
{
	return std::min(static_cast<std::size_t>(settings::max_key_bytes), payload_limit() - around_a_key);
}

} // namespace invalidation
