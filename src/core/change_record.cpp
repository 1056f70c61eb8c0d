// change_record.cpp: change records as bytes.
//
// Numbers are base 128 with the low digit first, texts are a length and their
// bytes.  Every commit on a watched table pays for these bytes in WAL, so the
// usual channel and an absent table name take one bit each.
#include "core/change_record.hpp"

#include <array>

#include "core/pure.hpp"

namespace core {

namespace {

constexpr std::string_view usual_channel = "cache_invalidation";
constexpr std::array reason_names{"none", "truncate", "overflow", "longkey", "ddl", "manual"};

// The byte after the number of the watch.
constexpr unsigned payload_mask = 0x03;
constexpr unsigned all_shift = 2, all_mask = 0x07;
constexpr unsigned has_channel = 0x20, has_table = 0x40, unknown = 0x80;

void append_number(std::string &out, std::uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		out.push_back(static_cast<char>(0x80 | (number & 0x7f)));
	out.push_back(static_cast<char>(number));
}

void append_text(std::string &out, std::string_view text)
{
	append_number(out, text.size());
	out += text;
}

// Reads from the front of a body; after a mistake everything is empty.
class reader {
public:
	explicit reader(std::string_view body) : rest_(body) {}

	bool done() const { return rest_.empty(); }
	bool damaged() const { return damaged_; }

	std::uint64_t number()
	{
		std::uint64_t value = 0;
		for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7)
		{
			const auto digit = static_cast<unsigned char>(byte());
			value |= static_cast<std::uint64_t>(digit & 0x7f) << shift;
			if (digit < 0x80)
				return value;
		}
		fail();
		return 0;
	}
	char byte()
	{
		if (rest_.empty())
		{
			fail();
			return 0;
		}
		const char value = rest_.front();
		rest_.remove_prefix(1);
		return value;
	}
	std::string_view text()
	{
		const std::uint64_t size = number();
		if (size > rest_.size())
		{
			fail();
			return {};
		}
		const std::string_view value = rest_.substr(0, size);
		rest_.remove_prefix(size);
		return value;
	}

	void fail()
	{
		damaged_ = true;
		rest_ = {};
	}

private:
	std::string_view rest_;
	bool damaged_ = false;
};

change_record read_record(reader &in)
{
	change_record record;
	record.watch = static_cast<std::int64_t>(in.number());
	const auto head = static_cast<unsigned char>(in.byte());
	record.payload = static_cast<payload_kind>(head & payload_mask);
	record.all = static_cast<all_reason>(head >> all_shift & all_mask);
	record.channel = head & has_channel ? in.text() : usual_channel;
	record.relation = in.text();
	if (head & has_table)
		record.table = in.text();
	for (std::uint64_t left = in.number(); left > 0 && !in.damaged(); --left)
	{
		changed_key key;
		if (record.payload == payload_kind::row)
			key.operation = static_cast<row_operation>(in.byte());
		key.key = in.text();
		record.keys.push_back(key);
	}
	// No writer says such a thing.
	if (head & unknown || (record.all != all_reason::none && !record.keys.empty()))
		in.fail();
	return record;
}

} // namespace

const char *reason_name(all_reason why)
{
	const auto n = static_cast<std::size_t>(why);
	return reason_names[n < reason_names.size() ? n : static_cast<std::size_t>(all_reason::manual)];
}

all_reason reason_named(std::string_view name)
{
	for (std::size_t n = 1; n < reason_names.size(); ++n)
		if (name == reason_names[n])
			return static_cast<all_reason>(n);
	return all_reason::none;
}

const char *operation_name(row_operation operation)
{
	switch (operation)
	{
	case row_operation::insert:
		return "INSERT";
	case row_operation::update:
		return "UPDATE";
	case row_operation::remove:
		return "DELETE";
	case row_operation::none:
		break;
	}
	return "";
}

void append_record(std::string &body, const change_record &record)
{
	const bool channel = record.channel != usual_channel, table = !record.table.empty();
	append_number(body, static_cast<std::uint64_t>(record.watch));
	body.push_back(static_cast<char>(static_cast<unsigned>(record.payload) | static_cast<unsigned>(record.all) << all_shift |
									 (channel ? has_channel : 0) | (table ? has_table : 0)));
	if (channel)
		append_text(body, record.channel);
	append_text(body, record.relation);
	if (table)
		append_text(body, record.table);
	append_number(body, record.keys.size());
	for (const changed_key &key : record.keys)
	{
		if (record.payload == payload_kind::row)
			body.push_back(static_cast<char>(key.operation));
		append_text(body, key.key);
	}
}

bool read_records(std::string_view body, std::vector<change_record> &records)
{
	reader in(body);
	while (!in.done())
	{
		change_record record = read_record(in);
		if (in.damaged())
			return false;
		records.push_back(std::move(record));
	}
	return true;
}

} // namespace core
