// change_record.hpp: what one transaction did to one watched table, and its
// form in an outbox row.
//
// A record says everything that delivery needs, so that a reader on a standby,
// or long after the watch has gone, asks no catalog.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace core {

enum class payload_kind : unsigned char { keys, row, hashed, doorbell };

// Why a change is reported for the whole table.
enum class all_reason : unsigned char { none, truncate, overflow, longkey, ddl, manual };
const char *reason_name(all_reason why);
// none where there is no reason of that name.
all_reason reason_named(std::string_view name);

// The statement that touched a row last.
enum class row_operation : char { none = '-', insert = 'I', update = 'U', remove = 'D' };
const char *operation_name(row_operation operation);

struct changed_key {
	std::string_view key;
	row_operation operation = row_operation::none;
};

struct change_record {
	std::int64_t watch = 0; // 0: keys named by hand
	payload_kind payload = payload_kind::keys;
	all_reason all = all_reason::none; // else there are no keys
	std::string_view channel;
	std::string_view relation; // schema.table, quoted where needed; empty for keys named by hand
	std::string_view table;	   // bare name, for row payloads
	std::vector<changed_key> keys;
};

// Records one after the other; the views point into the body.
void append_record(std::string &body, const change_record &record);
// False where the body is damaged; records read so far are kept.
bool read_records(std::string_view body, std::vector<change_record> &records);

} // namespace core
