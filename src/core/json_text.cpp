// json_text.cpp: JSON strings that are pure ASCII.
#include "core/json_text.hpp"

#include <cstdint>

#include "core/pure.hpp"

namespace core {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

void append_escape(std::string &out, std::uint32_t unit)
{
	out += "\\u";
	for (int shift = 12; shift >= 0; shift -= 4)
		out.push_back(hex_digits[(unit >> shift) & 0xf]);
}

bool is_continuation(unsigned char c) { return (c & 0xc0) == 0x80; }

// One code point from the front of a text; a byte that begins no character is
// taken as it is, which loses nothing and cannot fail.
std::uint32_t next_code_point(std::string_view &text, charset set)
{
	const auto first = static_cast<unsigned char>(text.front());
	const std::size_t size = set == charset::bytes || first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	std::uint32_t point = size == 1 ? first : first & (0xffU >> (size + 1));
	bool whole = size <= text.size();
	for (std::size_t i = 1; whole && i < size; ++i)
	{
		whole = is_continuation(static_cast<unsigned char>(text[i]));
		point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3f);
	}
	text.remove_prefix(whole ? size : 1);
	return whole ? point : first;
}

// The character after a backslash where JSON has a short form, else 0.
char short_escape(unsigned char c)
{
	switch (c)
	{
	case '"':
	case '\\':
		return static_cast<char>(c);
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return 0;
	}
}

bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

} // namespace

void append_json(std::string &out, std::string_view text, charset set)
{
	out.push_back('"');
	while (!text.empty())
	{
		const std::uint32_t point = next_code_point(text, set);
		if (point < 0x80 && is_plain(static_cast<unsigned char>(point)))
			out.push_back(static_cast<char>(point));
		else if (const char after = point < 0x80 ? short_escape(static_cast<unsigned char>(point)) : '\0')
			out.append({'\\', after});
		else if (point < 0x10000)
			append_escape(out, point);
		else
		{
			append_escape(out, 0xd800 + ((point - 0x10000) >> 10));
			append_escape(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
		}
	}
	out.push_back('"');
}

std::size_t json_length(std::string_view text, charset set)
{
	std::size_t length = 0;
	while (!text.empty())
	{
		const std::uint32_t point = next_code_point(text, set);
		if (point >= 0x80)
			length += point < 0x10000 ? 6 : 12;
		else
			length += is_plain(static_cast<unsigned char>(point)) ? 1 : short_escape(static_cast<unsigned char>(point)) ? 2 : 6;
	}
	return length;
}

} // namespace core
