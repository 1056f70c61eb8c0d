// bytes.hpp: the bytes of text, bytea and other varlena values, without a
// copy where the value lies plain in memory, as arguments mostly do.
#pragma once

#include <string_view>

#include "pg/error.hpp"

extern "C" {
#include "mb/pg_wchar.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h" // split off from postgres.h (d952373a9)
#endif
}

namespace pg {

inline std::string_view bytes_of(Datum varlena_datum)
{
	const varlena *value = reinterpret_cast<const varlena *>(DatumGetPointer(varlena_datum));
	if (unlikely(VARATT_IS_EXTENDED(value) && (VARATT_IS_EXTERNAL(value) || VARATT_IS_COMPRESSED(value))))
		value = call([=] { return pg_detoast_datum(const_cast<varlena *>(value)); });
	return {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

// What a client sees: text in UTF-8, whatever the encoding of the database.
inline std::string_view utf8_of(std::string_view text)
{
	if (likely(GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII))
		return text;
	return call([=] {
		const char *converted = pg_server_to_any(text.data(), static_cast<int>(text.size()), PG_UTF8);
		return converted == text.data() ? text : std::string_view(converted);
	});
}

// \x616c696365, as bytea_output = hex has it.
inline std::string hex_text(std::string_view bytes)
{
	std::string text(2 + 2 * bytes.size(), '\\');
	text[1] = 'x';
	hex_encode(bytes.data(), bytes.size(), text.data() + 2);
	return text;
}

} // namespace pg
