// settings.hpp: defining mosaic.* settings from _PG_init.
#pragma once

#include "pg/error.hpp"

namespace pg {

struct setting {
	const char *name;		 // "mosaic.something"
	const char *description; // one sentence, full stop
	GucContext context;
	int flags = 0; // GUC_UNIT_MS …
};

void define_bool(const setting &about, bool *variable);
void define_int(const setting &about, int *variable, int minimum, int maximum);
// The same, for an absolute path or nothing.
void define_path(const setting &about, char **variable);
// The options end with a null name; the setting is an int.
void define_enum(const setting &about, int *variable, const config_enum_entry *options);
// After the last definition: an unknown mosaic.* is a mistake from then on.
void reserve_setting_prefix();

} // namespace pg
