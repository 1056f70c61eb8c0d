// engines.cpp: where a key lives in Redis Cluster, Citus and Vitess.
#include "core/placement.hpp"
#include "core/redis_slot.hpp"
#include "core/vitess.hpp"
#include "pg/array.hpp"
#include "pg/bytes.hpp"
#include "pg/native_hash.hpp"
#include "shard/numbers.hpp"

PG_FUNCTION(mosaic_shard_crc16_slot)
{
	shard::require_plain_collation(fcinfo);
	return Int32GetDatum(core::redis_slot(pg::utf8_of(pg::bytes_of(PG_GETARG_DATUM(0)))));
}

PG_FUNCTION(mosaic_shard_citus_index_bigint)
{
	return Int32GetDatum(core::equal_range(pg::hash32(PG_GETARG_INT64(0)), shard::require_count(PG_GETARG_INT32(1))));
}

PG_FUNCTION(mosaic_shard_citus_index_text)
{
	shard::require_plain_collation(fcinfo);
	return Int32GetDatum(core::equal_range(pg::hash32(pg::bytes_of(PG_GETARG_DATUM(0))), shard::require_count(PG_GETARG_INT32(1))));
}

PG_FUNCTION(mosaic_shard_vitess_ksid)
{
	const std::string_view vindex = pg::bytes_of(PG_GETARG_DATUM(1));
	const auto id = core::vitess_keyspace_id(PG_GETARG_INT64(0), vindex);
	if (!id && vindex == "hash")
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "3DES, which vindex \"hash\" needs, is not available in this OpenSSL",
						  "OpenSSL refuses it in FIPS mode, and where its legacy algorithms are switched off.",
						  "Ask a server whose OpenSSL has it.");
	if (!id)
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "unrecognized vindex \"" + std::string(vindex) + "\"", {},
						  "Use 'hash', 'xxhash', 'numeric' or 'reverse_bits'.");
	return pg::bytea_value({reinterpret_cast<const char *>(id->data()), id->size()}).datum;
}

// NULL where no range holds the id.
PG_FUNCTION(mosaic_shard_key_range)
{
	const std::string_view id = pg::bytes_of(PG_GETARG_DATUM(0));
	const pg::array_elements ranges = pg::elements_of(PG_GETARG_DATUM(1));
	for (int i = 0; i < ranges.count; ++i)
	{
		const std::string_view text = ranges.nulls[i] ? std::string_view() : pg::bytes_of(ranges.values[i]);
		const auto range = core::parse_key_range(text);
		if (!range)
			throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "invalid key range \"" + std::string(text) + "\"",
							  "A key range is two hexadecimal bounds joined by a hyphen, each of whole bytes or empty.",
							  "Write ranges such as '-80', '80-c0' and 'c0-'.");
		if (range->contains(id))
			return ranges.values[i];
	}
	fcinfo->isnull = true;
	return 0;
}
