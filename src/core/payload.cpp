// payload.cpp: packing changes into payloads.
#include "core/payload.hpp"

#include <algorithm>

#include "core/pure.hpp"

namespace core {

namespace {

std::string render_header(const payload_header &header)
{
	std::string out = "{\"v\":1,\"e\":";
	append_json(out, header.epoch, charset::utf8);
	if (header.position)
		out += ",\"pos\":" + std::to_string(*header.position);
	if (header.previous)
		out += ",\"prev\":" + std::to_string(*header.previous);
	if (!header.lsn.empty())
		out += ",\"lsn\":\"" + header.lsn + "\"";
	if (!header.xmax.empty())
		out += ",\"xmax\":\"" + header.xmax + "\"";
	if (!header.xid.empty())
		out += ",\"xid\":\"" + header.xid + "\"";
	return out;
}

std::string render_group(const payload_group &group, charset set)
{
	std::string out = "{\"r\":";
	append_json(out, group.relation, set);
	out += ",\"w\":" + std::to_string(group.watch);
	if (group.hashed)
		out += ",\"h\":true";
	if (group.all != all_reason::none)
		return out + ",\"all\":true,\"why\":\"" + reason_name(group.all) + "\"}";
	return out + ",\"k\":[";
}

// The contents of "c", cut wherever the next piece would not fit.  A group
// that is cut is closed, and opened again in the next part.
std::vector<std::string> split(const std::vector<payload_group> &groups, charset set, std::size_t room)
{
	std::vector<std::string> parts(1);
	std::string key;

	const auto fits = [&](std::size_t more) { return parts.back().empty() || parts.back().size() + more <= room; };
	const auto comma = [&] { return parts.back().empty() ? "" : ","; };

	for (const payload_group &group : groups)
	{
		const std::string opening = render_group(group, set);
		if (group.all != all_reason::none)
		{
			if (!fits(opening.size() + 1))
				parts.emplace_back();
			parts.back() += comma() + opening;
			continue;
		}
		bool open = false;
		for (const std::string_view raw : group.keys)
		{
			key.clear();
			append_json(key, raw, set);
			if (open && fits(key.size() + 3)) // its comma and the closing "]}"
			{
				parts.back() += "," + key;
				continue;
			}
			if (open)
				parts.back() += "]}";
			if (open || !fits(1 + opening.size() + key.size() + 2))
				parts.emplace_back();
			parts.back() += comma() + opening + key;
			open = true;
		}
		if (open)
			parts.back() += "]}";
	}
	return parts;
}

std::string part_members(std::size_t part, std::size_t of, bool more)
{
	return ",\"part\":" + std::to_string(part) + ",\"of\":" + std::to_string(of) + (more ? ",\"more\":true" : "") + ",\"c\":[";
}

} // namespace

std::vector<std::string> pack(const payload_header &header, const std::vector<payload_group> &groups, charset set,
							  std::size_t limit, std::size_t max_parts)
{
	const std::string front = render_header(header) + (set == charset::bytes ? ",\"raw\":true" : "");
	std::vector<std::string> parts;
	std::size_t expected = 1;
	bool more = false;

	// Room depends on the number of parts through the digits of "of".
	for (;;)
	{
		const std::size_t around = front.size() + part_members(expected, expected, more).size() + 2;
		parts = split(groups, set, limit - std::min(limit, around));
		if (parts.size() > max_parts && !more)
		{
			more = true;
			expected = 1;
			continue;
		}
		if (more || std::to_string(parts.size()).size() <= std::to_string(expected).size())
			break;
		expected = parts.size();
	}
	if (more)
		parts.resize(1);
	for (std::size_t i = 0; i < parts.size(); ++i)
		parts[i] = front + part_members(i + 1, parts.size(), more) + parts[i] + "]}";
	return parts;
}

std::string doorbell(const payload_header &header)
{
	return render_header(header) + "}";
}

std::string row_payload(std::string_view table, std::string_view fragment, std::string_view operation, charset set)
{
	std::string out = "{\"table\": ";
	append_json(out, table, set);
	out += ", ";
	out += fragment;
	out += ", \"operation\": ";
	append_json(out, operation, set);
	return out + "}";
}

std::string row_payload(std::string_view table, all_reason why, charset set)
{
	std::string operation = reason_name(why);
	std::transform(operation.begin(), operation.end(), operation.begin(),
				   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
	return row_payload(table, "\"id\": null", operation, set);
}

} // namespace core
