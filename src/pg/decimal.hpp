// decimal.hpp: exact numbers by the server's numeric.
#pragma once

#include <optional>
#include <string>

#include "pg/memory.hpp"

namespace pg {

// A numeric in the memory context that was current when it was made.
class decimal {
public:
	decimal() = default;
	explicit decimal(Datum numeric) : numeric_(numeric) {}
	static decimal from_int8(int64 value);
	// Reads as numeric's input function does (22P02 for nonsense).
	static decimal parse(const std::string &text);

	Datum datum() const { return numeric_; }
	bool finite() const;
	bool multiple_of(decimal unit) const;
	int64 to_int8() const; // 22003 where it does not fit
	std::string text() const;

private:
	Datum numeric_ = 0;
};

decimal operator+(decimal a, decimal b);
decimal operator-(decimal a, decimal b);
decimal operator*(decimal a, decimal b);
// Remainder with the sign of the dividend, as SQL's %.
decimal operator%(decimal a, decimal b);
int compare(decimal a, decimal b);

decimal power_of_ten(int exponent);

// What a type such as numeric(10,2) can hold; none for plain numeric.
struct numeric_limit {
	int precision;
	int scale;
};
std::optional<numeric_limit> limit_of(int32 typmod);

// A smallint, integer, bigint or numeric as a numeric.
decimal number_of(Oid type, Datum value);

} // namespace pg
