// Tokens, snapshots, ULIDs, key ranges, hash tags, JSON strings and versions:
// any text is taken or refused, and what is taken means what it says.
#include "core/json_text.hpp"
#include "core/position_token.hpp"
#include "core/redis_slot.hpp"
#include "core/ulid.hpp"
#include "core/version.hpp"
#include "core/vitess.hpp"

#include "bytes.hpp"

namespace {

void token(std::string_view text)
{
	const auto parsed = core::parse_token(text);
	if (!parsed || parsed->unknown_suffix)
		return;
	const std::string printed = core::print_token(*parsed);
	const auto again = core::parse_token(printed);
	fuzz::hold(again && core::print_token(*again) == printed, "a printed token is one");
	fuzz::hold(again->position == parsed->position && again->timeline == parsed->timeline && again->installation == parsed->installation, "and the same");
}

void snapshot(std::string_view text, std::uint64_t xid)
{
	auto snap = core::parse_snapshot(text);
	if (!snap)
		return;
	fuzz::hold(snap->xmin <= snap->xmax, "xmin is not above xmax");
	for (std::size_t i = 0; i < snap->running.size(); ++i)
	{
		fuzz::hold(snap->running[i] >= snap->xmin && snap->running[i] < snap->xmax, "what runs lies between");
		fuzz::hold(i == 0 || snap->running[i - 1] < snap->running[i], "in order");
		fuzz::hold(!snap->sees(snap->running[i]), "what runs is not seen");
	}
	const auto again = core::parse_snapshot(core::print_snapshot(*snap));
	fuzz::hold(again && core::print_snapshot(*again) == core::print_snapshot(*snap), "a printed snapshot is one");
	fuzz::hold(snap->covers(*snap), "a snapshot covers itself");
	core::snapshot hidden = *snap;
	if (xid >= 3)
	{
		hidden.hide(xid);
		fuzz::hold(!hidden.sees(xid), "what is hidden is not seen");
		fuzz::hold(snap->covers(hidden), "hiding shows nothing more");
	}
	core::snapshot cut = *snap;
	if (xid >= cut.xmin)
	{
		cut.cut(xid);
		fuzz::hold(!cut.sees(xid) && snap->covers(cut), "a cut shows nothing more");
	}
}

void json(std::string_view text, core::charset set)
{
	std::string quoted;
	core::append_json(quoted, text, set);
	fuzz::hold(quoted.size() == core::json_length(text, set) + 2, "the length is foretold");
	for (const char c : quoted)
		fuzz::hold(c >= ' ' && c < 127, "a JSON string is printable ASCII");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	fuzz::bytes input(data, size);
	const std::uint8_t form = input.byte();
	const auto number = static_cast<std::uint64_t>(input.number());
	const std::string_view text = input.text(1 << 16);
	switch (form % 6)
	{
		case 0: token(text); break;
		case 1: snapshot(text, number); break;
		case 2: json(text, number % 2 != 0 ? core::charset::utf8 : core::charset::bytes); break;
		case 3:
			if (const auto moment = core::ulid::time_of(text))
				fuzz::hold(moment->milliseconds >= 0, "time does not begin before it does");
			break;
		case 4:
			if (const auto range = core::parse_key_range(text))
				fuzz::hold(range->upper.empty() || !range->contains(range->upper), "the upper end is not in a range");
			fuzz::hold(core::redis_slot(text) >= 0 && core::redis_slot(text) < core::redis_slots, "a slot is one of all");
			break;
		case 5:
		{
			const std::string_view other = text.substr(text.size() / 2), one = text.substr(0, text.size() / 2);
			const auto there = core::compare_series(one, other), back = core::compare_series(other, one);
			fuzz::hold((there == 0) == (back == 0) && (there < 0) == (back > 0), "an order goes both ways");
			fuzz::hold(core::compare_series(one, one) == 0, "a version is of its own series");
		}
	}
	return 0;
}
