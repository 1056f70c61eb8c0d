// A body of the outbox, damaged in any way, is read up to the damage; what was
// read is written again as it was.
#include "core/change_record.hpp"

#include "bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	const std::string_view body = fuzz::whole(data, size);
	std::vector<core::change_record> records;
	const bool sound = core::read_records(body, records);
	std::string again;
	for (const core::change_record &record : records)
	{
		fuzz::hold(record.all == core::all_reason::none || record.keys.empty(), "a whole table has no keys");
		core::append_record(again, record);
	}
	std::vector<core::change_record> copies;
	fuzz::hold(core::read_records(again, copies), "what is written can be read");
	fuzz::hold(copies.size() == records.size(), "all of it");
	std::string once_more;
	for (const core::change_record &copy : copies)
		core::append_record(once_more, copy);
	fuzz::hold(once_more == again, "as it was");
	fuzz::hold(!sound || !records.empty() || body.empty(), "a sound body has records");
	return 0;
}
