// changes.hpp: answering a consumer that asks what it has missed.
#pragma once

#include <set>

#include "core/position_token.hpp"
#include "invalidation/deliver.hpp"
#include "invalidation/tick_table.hpp"

namespace invalidation {

// Channels that a role may ask for.
struct readable_channels {
	bool all = false;
	std::set<std::string> names;

	bool contains(const std::string &channel) const { return all || names.contains(channel); }
	bool empty() const { return !all && names.empty(); }
};
readable_channels channels_of(Oid role);

// One position of a page, with what happened there.
struct page_entry {
	tick_row tick;
	coalesced changes;
};

struct page {
	bool reset = false; // the token says nothing here: flush everything
	core::position_token next;
	tick_row end;
	std::vector<page_entry> entries;
};

// Where one stands who has seen everything so far.
core::position_token current_token();

// At most so many ticks after the token, fewer where they would be much to
// read at once; with `beyond`, what has committed since the last tick as well
// (not on a standby, whose snapshots are too coarse).
page changes_after(const core::position_token &token, int64 max_ticks, bool beyond);

} // namespace invalidation
