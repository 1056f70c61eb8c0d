// placement.hpp: key to one of n by arithmetic alone, with exactly the numbers
// that routers in applications compute.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace core {

// Remainder with the divisor's sign, as Python's % and Java's floorMod.
constexpr int floor_modulo(std::int64_t key, int n)
{
	const std::int64_t remainder = key % n;
	return static_cast<int>(remainder < 0 ? remainder + n : remainder);
}

// A big-endian number of any length modulo n: int(hexdigest, 16) % n.
constexpr int big_endian_modulo(const unsigned char *bytes, std::size_t size, int n)
{
	std::uint64_t remainder = 0;
	for (std::size_t i = 0; i < size; ++i)
		remainder = (remainder << 8 | bytes[i]) % static_cast<std::uint64_t>(n);
	return static_cast<int>(remainder);
}

// Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm".
constexpr int jump(std::uint64_t key, int n)
{
	std::int64_t bucket = -1;
	for (std::int64_t next = 0; next < n;)
	{
		bucket = next;
		key = key * 2862933555777941757ULL + 1;
		next = static_cast<std::int64_t>(static_cast<double>(bucket + 1) *
										 (static_cast<double>(1LL << 31) / static_cast<double>((key >> 33) + 1)));
	}
	return static_cast<int>(bucket);
}

// The finalizer of MurmurHash3.
constexpr std::uint64_t mix64(std::uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdULL;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ULL;
	return h ^ h >> 33;
}

// Rendezvous hashing: the member with the highest score has the key.  Both
// hashes are mixed again, since a seeded hash of sequential keys favours some
// members by several per cent.
constexpr std::uint64_t rendezvous_score(std::uint64_t key_hash, std::uint64_t member_hash)
{
	return mix64(key_hash ^ mix64(member_hash));
}

// The same for members that should have keys in proportion to a weight > 0.
inline double weighted_rendezvous_score(std::uint64_t key_hash, std::uint64_t member_hash, double weight)
{
	const double uniform = (static_cast<double>(rendezvous_score(key_hash, member_hash) >> 11) + 0.5) * 0x1p-53;
	return -weight / std::log(uniform);
}

// Citus: the whole 32-bit hash space cut into equal ranges.
constexpr int equal_range(std::int32_t hash, int n)
{
	const std::uint64_t width = (1ULL << 32) / static_cast<std::uint64_t>(n);
	const std::uint64_t index = static_cast<std::uint64_t>(static_cast<std::int64_t>(hash) - INT32_MIN) / width;
	return index < static_cast<std::uint64_t>(n) ? static_cast<int>(index) : n - 1;
}

} // namespace core
