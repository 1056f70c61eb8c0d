// position_token.cpp: where a consumer stands, as text.
#include "core/position_token.hpp"

#include <algorithm>
#include <charconv>

#include "core/pure.hpp"

namespace core {

namespace {

bool is_installation(std::string_view text)
{
	return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
	});
}

template <typename Number>
bool parse_whole(std::string_view text, Number &number)
{
	const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
	return error == std::errc() && end == text.data() + text.size() && number >= 0;
}

} // namespace

std::optional<position_token> parse_token(std::string_view text)
{
	const std::size_t slash = text.find('/');
	const std::size_t colon = text.find(':');
	if (slash == std::string_view::npos || colon == std::string_view::npos || colon < slash)
		return std::nullopt;
	const std::size_t second = text.find(':', colon + 1);

	position_token token;
	token.installation = text.substr(0, slash);
	if (!is_installation(token.installation) || !parse_whole(text.substr(slash + 1, colon - slash - 1), token.timeline) ||
		!parse_whole(text.substr(colon + 1, second == std::string_view::npos ? second : second - colon - 1), token.position))
		return std::nullopt;
	if (second != std::string_view::npos)
	{
		token.seen = parse_snapshot(text.substr(second + 1));
		token.unknown_suffix = !token.seen;
	}
	return token;
}

std::string print_epoch(std::string_view installation, std::uint32_t timeline)
{
	return std::string(installation) + "/" + std::to_string(timeline);
}

std::string print_token(const position_token &token)
{
	std::string out = print_epoch(token.installation, token.timeline) + ":" + std::to_string(token.position);
	if (token.seen)
		out += ":" + print_snapshot(*token.seen);
	return out;
}

} // namespace core
