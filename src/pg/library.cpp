// library.cpp: this library beside the SQL objects in the current database.
#include "core/version.hpp"

#include "pg/extension.hpp"
#include "pg/library.hpp"

extern "C" {
#include "commands/extension.h"
}

namespace pg {

namespace {

constinit bool serves_this_database = false;

[[noreturn]] void refuse(const std::string &version)
{
	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  "extension \"pg_mosaic\" has version " + version + ", and the library that is loaded " + library_version,
				  "They have to be of one series, the first two numbers.", how_to_match(version));
}

} // namespace

bool library_serves(std::string_view extension_version)
{
	return core::compare_series(extension_version, library_version) == 0;
}

std::string how_to_match(std::string_view extension_version)
{
	if (core::compare_series(extension_version, library_version) < 0)
		return "ALTER EXTENSION pg_mosaic UPDATE;";
	return "Install version " + std::string(extension_version) + " of the library where it is missing, and restart the server.";
}

// Scripts of the extension pass through versions on their way; they end with
// mosaic.require_library().
void require_same_series()
{
	if (serves_this_database || creating_extension)
		return;
	const installed_extension found = find_extension();
	if (!OidIsValid(found.oid))
		return;
	if (!library_serves(found.version))
		refuse(found.version);
	serves_this_database = true;
}

} // namespace pg

// A script for a library that is not there yet would leave objects that the
// present one misreads, until the server is restarted.
PG_FUNCTION(mosaic_require_library)
{
	const pg::installed_extension found = pg::find_extension();
	if (OidIsValid(found.oid) && core::compare_series(pg::library_version, found.version) < 0)
		pg::refuse(found.version);
	PG_RETURN_VOID();
}
