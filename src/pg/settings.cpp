// settings.cpp: defining mosaic.* settings.  The boot value is what the
// variable was initialised with, so that it is written down once.
#include "pg/settings.hpp"

namespace pg {

void define_bool(const setting &about, bool *variable)
{
	call([&] {
		DefineCustomBoolVariable(about.name, about.description, nullptr, variable, *variable, about.context, about.flags,
								 nullptr, nullptr, nullptr);
	});
}

void define_int(const setting &about, int *variable, int minimum, int maximum)
{
	call([&] {
		DefineCustomIntVariable(about.name, about.description, nullptr, variable, *variable, minimum, maximum, about.context,
								about.flags, nullptr, nullptr, nullptr);
	});
}

void define_enum(const setting &about, int *variable, const config_enum_entry *options)
{
	call([&] {
		DefineCustomEnumVariable(about.name, about.description, nullptr, variable, *variable, options, about.context, about.flags,
								 nullptr, nullptr, nullptr);
	});
}

void reserve_setting_prefix()
{
	call([] { MarkGUCPrefixReserved("mosaic"); });
}

} // namespace pg
