// snapshot.hpp: a pg_snapshot as a value.
//
// A tick is what one snapshot sees and an earlier one did not.  Three things
// are needed of a snapshot beyond what the server's functions give: to hide
// the transaction that takes it, to cut it short so that a long backlog
// becomes several ticks, and to ask it without a query.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

struct snapshot {
	std::uint64_t xmin = 0;			  // everything before has ended
	std::uint64_t xmax = 0;			  // nothing from here on has
	std::vector<std::uint64_t> running; // in between, ascending

	bool sees(std::uint64_t xid) const;
	// Does it see all that the other one sees?
	bool covers(const snapshot &other) const;
	// The same snapshot, as if this transaction were still running.
	void hide(std::uint64_t xid);
	// The same snapshot, as if nothing from limit on had begun.
	void cut(std::uint64_t limit);
};

// The text form of type pg_snapshot, "xmin:xmax:xid,xid"; nothing where the
// text is not one.
std::optional<snapshot> parse_snapshot(std::string_view text);
std::string print_snapshot(const snapshot &snap);

} // namespace core
