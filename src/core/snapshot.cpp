// snapshot.cpp: a pg_snapshot as a value.
#include "core/snapshot.hpp"

#include <algorithm>
#include <charconv>

#include "core/pure.hpp"

namespace core {

namespace {

// Takes a number and the separator after it from the front of a text.
bool take_number(std::string_view &text, std::uint64_t &number, char separator)
{
	const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
	if (error != std::errc() || number == 0)
		return false;
	text.remove_prefix(static_cast<std::size_t>(end - text.data()));
	if (text.empty())
		return true;
	if (text.front() != separator)
		return false;
	text.remove_prefix(1);
	return true;
}

bool is_coherent(const snapshot &snap)
{
	return snap.xmin <= snap.xmax && std::is_sorted(snap.running.begin(), snap.running.end(), std::less_equal<>()) &&
		   (snap.running.empty() || (snap.running.front() >= snap.xmin && snap.running.back() < snap.xmax));
}

} // namespace

bool snapshot::sees(std::uint64_t xid) const
{
	if (xid < xmin)
		return true;
	return xid < xmax && !std::binary_search(running.begin(), running.end(), xid);
}

bool snapshot::covers(const snapshot &other) const
{
	return other.xmax <= xmax &&
		   std::none_of(running.begin(), running.end(), [&](std::uint64_t xid) { return other.sees(xid); });
}

void snapshot::hide(std::uint64_t xid)
{
	if (!sees(xid))
		return;
	xmin = std::min(xmin, xid);
	running.insert(std::lower_bound(running.begin(), running.end(), xid), xid);
}

void snapshot::cut(std::uint64_t limit)
{
	xmax = std::min(xmax, limit);
	xmin = std::min(xmin, xmax);
	running.erase(std::lower_bound(running.begin(), running.end(), xmax), running.end());
}

std::optional<snapshot> parse_snapshot(std::string_view text)
{
	snapshot snap;
	const auto colons = std::count(text.begin(), text.end(), ':');
	if (colons != 2 || !take_number(text, snap.xmin, ':') || !take_number(text, snap.xmax, ':'))
		return std::nullopt;
	while (!text.empty())
	{
		const bool more = text.back() != ',';
		if (!more || !take_number(text, snap.running.emplace_back(), ','))
			return std::nullopt;
	}
	if (!is_coherent(snap))
		return std::nullopt;
	return snap;
}

std::string print_snapshot(const snapshot &snap)
{
	std::string out = std::to_string(snap.xmin) + ":" + std::to_string(snap.xmax) + ":";
	for (std::size_t i = 0; i < snap.running.size(); ++i)
		out += (i ? "," : "") + std::to_string(snap.running[i]);
	return out;
}

} // namespace core
