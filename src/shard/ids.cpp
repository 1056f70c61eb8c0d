// ids.cpp: ids that carry their shard.
#include <string>

#include "core/shard_id.hpp"
#include "pg/composite.hpp"
#include "pg/sequence.hpp"

namespace {

constexpr int64 unix_epoch_ms = INT64CONST(1000) * SECS_PER_DAY * (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE);

int64 clock_tick()
{
	return core::shard_id_tick(GetCurrentTimestamp() / 1000 + unix_epoch_ms);
}

} // namespace

PG_FUNCTION(mosaic_shard_make_id)
{
	const int32 shard_number = PG_GETARG_INT32(0);
	if (shard_number < 0 || shard_number >= core::shard_id_shards)
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "shard must be between 0 and " + std::to_string(core::shard_id_shards - 1),
						  "The shard given is " + std::to_string(shard_number) + ".", "An id has room for 13 bits of shard.");
	const int64 tick = pg::next_tick(PG_GETARG_OID(1), clock_tick);
	return pg::int8_value(core::make_shard_id(tick, shard_number)).datum;
}

PG_FUNCTION(mosaic_shard_id_parts)
{
	const core::shard_id_parts parts = core::split_shard_id(PG_GETARG_INT64(0));
	return pg::composite_result(fcinfo, {pg::timestamptz_value((parts.unix_ms - unix_epoch_ms) * 1000),
										 pg::int4_value(parts.shard), pg::int4_value(parts.sequence)});
}
