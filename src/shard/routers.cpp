// routers.cpp: the placements that applications write by hand, as SQL
// functions with exactly their numbers.
#include <algorithm>

#include "core/placement.hpp"
#include "pg/array.hpp"
#include "pg/bytes.hpp"
#include "pg/native_hash.hpp"
#include "shard/digests.hpp"
#include "shard/numbers.hpp"

namespace {

std::string_view text_argument(FunctionCallInfo fcinfo, int n)
{
	return pg::utf8_of(pg::bytes_of(PG_GETARG_DATUM(n)));
}

} // namespace

PG_FUNCTION(mosaic_shard_modulo)
{
	return Int32GetDatum(core::floor_modulo(PG_GETARG_INT64(0), shard::require_count(PG_GETARG_INT32(1))));
}

PG_FUNCTION(mosaic_shard_md5)
{
	shard::require_plain_collation(fcinfo);
	return Int32GetDatum(shard::md5_modulo(text_argument(fcinfo, 0), shard::require_count(PG_GETARG_INT32(1))));
}

PG_FUNCTION(mosaic_shard_sha256_text)
{
	shard::require_plain_collation(fcinfo);
	return Int32GetDatum(shard::sha256_modulo(text_argument(fcinfo, 0), shard::require_count(PG_GETARG_INT32(1))));
}

PG_FUNCTION(mosaic_shard_sha256_uuid)
{
	const std::string_view bytes(reinterpret_cast<const char *>(PG_GETARG_UUID_P(0)->data), UUID_LEN);
	return Int32GetDatum(shard::sha256_modulo(bytes, shard::require_count(PG_GETARG_INT32(1))));
}

PG_FUNCTION(mosaic_shard_sha1)
{
	const std::string decimal = std::to_string(PG_GETARG_INT64(0));
	return Int32GetDatum(shard::sha1_modulo(decimal, shard::require_count(PG_GETARG_INT32(1))));
}

PG_FUNCTION(mosaic_shard_jump)
{
	return Int32GetDatum(core::jump(static_cast<uint64>(PG_GETARG_INT64(0)), shard::require_count(PG_GETARG_INT32(1))));
}

// Of equal scores, which is to say of equal members, the first wins.
PG_FUNCTION(mosaic_shard_rendezvous)
{
	shard::require_plain_collation(fcinfo);
	const uint64 key_hash = pg::partition_hash(text_argument(fcinfo, 0));
	const pg::array_elements members = pg::elements_of(PG_GETARG_DATUM(1));
	int winner = -1;
	uint64 best = 0;
	for (int i = 0; i < members.count; ++i)
	{
		if (members.nulls[i])
			throw pg::failure(ERRCODE_NULL_VALUE_NOT_ALLOWED, "members must not contain nulls");
		const uint64 score = core::rendezvous_score(key_hash, pg::partition_hash(pg::utf8_of(pg::bytes_of(members.values[i]))));
		if (winner < 0 || score > best)
		{
			winner = i;
			best = score;
		}
	}
	if (winner < 0)
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "members must not be empty", {}, "Give the names of the members as an array.");
	return members.values[winner];
}
