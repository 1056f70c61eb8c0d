// encoding.hpp: times held in integers, UUIDs and ULIDs.
#pragma once

#include <optional>

#include "partition/key.hpp"

namespace partition::encoding {

// Instant of a key value, rounded to a microsecond.
pg::microseconds time_of(key_format format, Oid type, Datum value, rounding round);
// The smallest key value at or after an instant; nothing where the type ends
// before it.  An instant before the format begins is refused (22008).
std::optional<Datum> value_of(key_format format, Oid type, pg::microseconds instant);
// Smallest step that the format can tell apart, in microseconds.
pg::microseconds resolution(key_format format);

} // namespace partition::encoding
