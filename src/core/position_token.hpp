// position_token.hpp: where a consumer stands, as text it keeps for us.
//
//   8f3c21ab-5/1:4711              tick 4711, made on timeline 1
//   8f3c21ab-5/1:4711:740:744:741  as far as this snapshot, some way after it
//
// The part before the colon is the epoch: it changes with a restore, a
// copied database and a failover, when positions mean something else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/snapshot.hpp"

namespace core {

struct position_token {
	std::string installation;
	std::uint32_t timeline = 0;
	std::int64_t position = 0;
	std::optional<snapshot> seen;
	bool unknown_suffix = false; // of a version to come
};

// Nothing where the text is no token at all.
std::optional<position_token> parse_token(std::string_view text);
std::string print_token(const position_token &token);
std::string print_epoch(std::string_view installation, std::uint32_t timeline);

} // namespace core
