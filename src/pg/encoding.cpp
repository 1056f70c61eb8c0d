// encoding.cpp: between the database's encoding and UTF-8.
#include "pg/encoding.hpp"

extern "C" {
#include "mb/pg_wchar.h"
}

namespace pg {

bool database_has_encoding() { return GetDatabaseEncoding() != PG_SQL_ASCII; }
bool database_is_utf8() { return GetDatabaseEncoding() == PG_UTF8; }

// Without raising, so that a hostile character in a key cannot fail a write.
std::optional<std::string> to_utf8(std::string_view text)
{
	if (database_is_utf8() || !database_has_encoding())
		return std::string(text);
	const int size = static_cast<int>(text.size());
	std::string out(text.size() * MAX_CONVERSION_GROWTH + 1, '\0');
	const int converted = call([&] {
		const Oid conversion = FindDefaultConversionProc(GetDatabaseEncoding(), PG_UTF8);
		return pg_do_encoding_conversion_buf(conversion, GetDatabaseEncoding(), PG_UTF8,
											 reinterpret_cast<unsigned char *>(const_cast<char *>(text.data())), size,
											 reinterpret_cast<unsigned char *>(out.data()), static_cast<int>(out.size()), true);
	});
	if (converted != size)
		return std::nullopt;
	out.resize(std::strlen(out.c_str()));
	return out;
}

std::string from_utf8(std::string_view text)
{
	if (database_is_utf8() || !database_has_encoding())
		return std::string(text);
	return call([&] {
		char *out = pg_any_to_server(text.data(), static_cast<int>(text.size()), PG_UTF8);
		return out == text.data() ? static_cast<const char *>(pnstrdup(text.data(), text.size())) : out;
	});
}

} // namespace pg
