// Payloads of any keys: ASCII, valid JSON, no longer than the limit, and every
// key is in exactly one of them unless they say that there is more.
#include "core/payload.hpp"

#include <set>
#include <string>
#include <vector>

#include "bytes.hpp"

namespace {

// A JSON reader that wants nothing but to know whether it is JSON.
class json {
public:
	explicit json(std::string_view text) : text_(text) {}

	bool valid() { return value(0) && at_ == text_.size(); }
	// The strings that stand in arrays "k".
	std::vector<std::string> keys;

private:
	bool next(char c)
	{
		if (at_ >= text_.size() || text_[at_] != c)
			return false;
		++at_;
		return true;
	}
	bool word(std::string_view w)
	{
		if (text_.substr(at_, w.size()) != w)
			return false;
		at_ += w.size();
		return true;
	}
	bool string(std::string &raw)
	{
		if (!next('"'))
			return false;
		const std::size_t from = at_;
		while (at_ < text_.size() && text_[at_] != '"')
		{
			if (static_cast<unsigned char>(text_[at_]) < ' ')
				return false;
			if (text_[at_++] != '\\')
				continue;
			if (at_ >= text_.size() || std::string_view("\"\\/bfnrtu").find(text_[at_]) == std::string_view::npos)
				return false;
			if (text_[at_++] == 'u')
				for (int i = 0; i < 4; ++i, ++at_)
					if (at_ >= text_.size() || std::string_view("0123456789abcdefABCDEF").find(text_[at_]) == std::string_view::npos)
						return false;
		}
		raw = text_.substr(from, at_ - from);
		return next('"');
	}
	bool number()
	{
		const std::size_t from = at_;
		(void)next('-');
		while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9')
			++at_;
		return at_ > from && text_[at_ - 1] != '-';
	}
	void spaces()
	{
		while (next(' '))
			;
	}
	bool value(int depth, bool collect = false)
	{
		std::string raw;
		spaces();
		if (depth > 10)
			return false;
		if (next('{'))
			return members(depth);
		if (next('['))
			return elements(depth, collect);
		if (at_ < text_.size() && text_[at_] == '"')
		{
			if (!string(raw))
				return false;
			if (collect)
				keys.push_back(raw);
			return true;
		}
		return word("true") || word("false") || word("null") || number();
	}
	bool members(int depth)
	{
		if (next('}'))
			return true;
		do
		{
			std::string name;
			spaces();
			if (!string(name) || !next(':') || !value(depth + 1, name == "k"))
				return false;
		} while (next(','));
		return next('}');
	}
	bool elements(int depth, bool collect)
	{
		if (next(']'))
			return true;
		do
			if (!value(depth + 1, collect))
				return false;
		while (next(','));
		return next(']');
	}

	std::string_view text_;
	std::size_t at_ = 0;
};

std::string escaped(std::string_view text, core::charset set)
{
	std::string out;
	core::append_json(out, text, set);
	return out.substr(1, out.size() - 2);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	fuzz::bytes input(data, size);
	const core::charset set = input.byte() % 2 != 0 ? core::charset::utf8 : core::charset::bytes;
	const std::size_t limit = 3800 + input.below(4200), max_parts = 1 + input.below(12);
	core::payload_header header{"8f3c21ab-1", input.number(), input.number(), "0/16B3748", "745", {}};
	std::vector<core::payload_group> groups(1 + input.below(4));
	std::multiset<std::string> sent;
	for (core::payload_group &group : groups)
	{
		group.watch = input.number();
		group.relation = input.text(130);
		group.hashed = input.byte() % 2 != 0;
		if (input.byte() % 4 == 0)
			group.all = core::all_reason::overflow;
		for (std::uint32_t n = group.all == core::all_reason::none ? input.below(60) : 0; n > 0 && !input.empty(); --n)
		{
			// Writers refuse longer ones: mosaic.max_key_bytes counts what is escaped.
			const std::string_view key = input.text(300);
			if (core::json_length(key, set) > 1024)
				continue;
			group.keys.push_back(key);
			sent.insert(escaped(key, set));
		}
	}

	const std::vector<std::string> parts = core::pack(header, groups, set, limit, max_parts);
	fuzz::hold(!parts.empty() && parts.size() <= max_parts, "there are as many parts as there may be");
	std::multiset<std::string> heard;
	for (const std::string &part : parts)
	{
		fuzz::hold(part.size() <= limit, "a payload is not longer than the limit");
		for (const char c : part)
			fuzz::hold(c >= ' ' && c < 127, "a payload is ASCII");
		json reader(part);
		fuzz::hold(reader.valid(), "a payload is JSON");
		heard.insert(reader.keys.begin(), reader.keys.end());
	}
	if (parts.front().find("\"more\":true") == std::string::npos)
		fuzz::hold(heard == sent, "every key is said once");
	const std::string row = core::row_payload(groups.front().relation, "\"id\": 1", "UPDATE", set);
	fuzz::hold(json(row).valid(), "a row's payload is JSON");
	fuzz::hold(json(core::row_payload(groups.front().relation, core::all_reason::truncate, set)).valid(), "and a whole table's");
	fuzz::hold(json(core::doorbell(header)).valid(), "and a doorbell");
	return 0;
}
