// native_hash.hpp: the hashes by which the server places rows in HASH
// partitions, and its 32-bit ones.  None of these functions raises.
#pragma once

#include <string_view>

#include "pg/error.hpp"

extern "C" {
#include "catalog/partition.h"
#include "common/hashfn.h"
}

namespace pg {

// hashint2extended, hashint4extended, hashint8extended and timestamp's agree:
// the halves are folded so that a number hashes alike in every width.
inline uint32 fold_halves(int64 key)
{
	const uint32 high = static_cast<uint32>(static_cast<uint64>(key) >> 32);
	return static_cast<uint32>(key) ^ (key >= 0 ? high : ~high);
}

inline uint64 partition_hash(int64 key)
{
	return hash_bytes_uint32_extended(fold_halves(key), HASH_PARTITION_SEED);
}

// Text under a deterministic collation, bytea, and the 16 bytes of a uuid.
inline uint64 partition_hash(std::string_view key)
{
	return hash_bytes_extended(reinterpret_cast<const unsigned char *>(key.data()), static_cast<int>(key.size()), HASH_PARTITION_SEED);
}

// compute_partition_hash_value() of one key column.
inline uint64 partition_row_hash(uint64 key_hash)
{
	return hash_combine64(0, key_hash);
}

inline int32 hash32(int64 key)
{
	return static_cast<int32>(hash_bytes_uint32(fold_halves(key)));
}

inline int32 hash32(std::string_view key)
{
	return static_cast<int32>(hash_bytes(reinterpret_cast<const unsigned char *>(key.data()), static_cast<int>(key.size())));
}

} // namespace pg
