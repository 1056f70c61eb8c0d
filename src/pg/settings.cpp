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

static bool check_path(char **value, void **, GucSource)
{
	if (*value == nullptr || **value == '\0')
		return true;
	if (!is_absolute_path(*value))
	{
		GUC_check_errdetail("The path \"%s\" is not absolute.", *value);
		return false;
	}
	canonicalize_path(*value);
	return true;
}

void define_path(const setting &about, char **variable)
{
	call([&] {
		DefineCustomStringVariable(about.name, about.description, nullptr, variable, "", about.context, about.flags,
								   check_path, nullptr, nullptr);
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
