// ulid.cpp: the time in a ULID.
#include "core/ulid.hpp"

#include "core/pure.hpp"

namespace core::ulid {

static constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::string time_prefix(std::int64_t milliseconds)
{
	std::string text(time_characters, '0');
	for (std::size_t n = time_characters; n-- > 0; milliseconds >>= 5)
		text[n] = alphabet[milliseconds & 31];
	return text;
}

std::optional<moment> time_of(std::string_view text)
{
	moment result{0, true};
	for (std::size_t n = 0; n < time_characters; ++n)
	{
		const std::size_t digit = n < text.size() ? alphabet.find(text[n]) : 0;
		if (digit == std::string_view::npos)
			return std::nullopt;
		result.milliseconds = (result.milliseconds << 5) | static_cast<std::int64_t>(digit);
	}
	if (text.size() > time_characters)
		result.exact = text.substr(time_characters).find_first_not_of('0') == std::string_view::npos;
	return result;
}

} // namespace core::ulid
