// key.hpp: what a partition key means.
//
// Bounds are values of the key's type.  To count intervals they are placed on
// an axis: instants, local times, or numbers.  A key that holds a time in
// another type (epoch seconds, UUID version 7, ULID, snowflake) lies on the
// axis of instants; its bounds stay values of its own type.
#pragma once

#include <optional>
#include <string>

#include "pg/calendar.hpp"
#include "pg/decimal.hpp"
#include "pg/partition_table.hpp"

namespace partition {

enum class axis { instant, local, number };
enum class key_format { native, epoch_s, epoch_ms, epoch_us, epoch_ns, uuidv7, ulid, snowflake };

// A place on an axis: microseconds on the two time axes, a numeric on the
// axis of numbers.
struct position {
	pg::microseconds time = 0;
	pg::decimal number;
};

enum class rounding { down, up };

key_format parse_key_format(const std::string &name);

// The key of one parent.  Refuses types and formats that cannot be managed.
class key {
public:
	key(const pg::partition_table &table, key_format format);

	axis on() const { return axis_; }
	Oid type() const { return type_; }
	AttrNumber attribute() const { return attribute_; }

	int compare(const position &a, const position &b) const;
	position decode(Datum bound, rounding round) const;
	// The key value at a position; MAXVALUE where the type ends before it, and
	// its first value where it begins after.
	pg::range_bound encode(const position &at) const;
	// Smallest time between two values of the key, in microseconds.
	pg::microseconds resolution() const;
	// Smallest step between two numbers of the key; none where any fraction is
	// held.
	std::optional<pg::decimal> grain() const;
	// Is there a key value at exactly this position?
	bool holds(const position &at) const;
	// ISO text of a bound: what maintenance writes into commands and logs.
	std::string text(const pg::range_bound &bound, const pg::time_zone &zone) const;
	// A position as given by a user, and as text that reads the same whatever
	// settings the session has.
	position parse(const std::string &text, const pg::time_zone &zone) const;
	std::string text(const position &at, const pg::time_zone &zone) const;

private:
	struct number_range {
		pg::decimal least;
		pg::decimal greatest;
	};
	std::optional<number_range> numbers() const; // none: without ends
	pg::range_bound encode_number(pg::decimal number) const;
	Datum number_datum(pg::decimal value) const;

	Oid type_;
	int32 typmod_;
	AttrNumber attribute_;
	key_format format_;
	axis axis_;
};

// ISO text of a bound of any key type.
std::string bound_text(Oid type, const pg::range_bound &bound, const pg::time_zone &zone);

} // namespace partition
