// version.hpp: which releases of the library and of its SQL objects go together.
//
// Releases with the same first two numbers are one series and understand each
// other: a release that changes what the two expect of each other begins a new
// one.
#pragma once

#include <algorithm>
#include <charconv>
#include <compare>
#include <string_view>

namespace core {

// "0.1" of "0.1.3"
constexpr std::string_view series_of(std::string_view version)
{
	return version.substr(0, version.find('.', version.find('.') + 1));
}

// Which series came first?  By number, and by spelling where there are none.
inline std::strong_ordering compare_series(std::string_view left, std::string_view right)
{
	left = series_of(left);
	right = series_of(right);
	while (!left.empty() && !right.empty())
	{
		const std::string_view a = left.substr(0, left.find('.'));
		const std::string_view b = right.substr(0, right.find('.'));
		unsigned long m = 0, n = 0;
		const bool numbers = std::from_chars(a.data(), a.data() + a.size(), m).ptr == a.data() + a.size() &&
							 std::from_chars(b.data(), b.data() + b.size(), n).ptr == b.data() + b.size();
		if (const auto order = numbers ? m <=> n : a <=> b; order != 0)
			return order;
		left.remove_prefix(std::min(a.size() + 1, left.size()));
		right.remove_prefix(std::min(b.size() + 1, right.size()));
	}
	return left.size() <=> right.size();
}

} // namespace core
