// digests.hpp: placement by MD5, SHA-1 and SHA-256 as applications compute it.
#pragma once

#include "core/digest.hpp"
#include "core/placement.hpp"
#include "pg/error.hpp"

namespace shard {

inline core::digest require_digest(core::digest_algorithm algorithm, std::string_view data)
{
	const auto digest = core::digest_of(algorithm, data);
	if (unlikely(!digest))
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "the digest is not available in this OpenSSL",
						  "OpenSSL refuses MD5 in FIPS mode.", "Use a map with hash 'native' or strategy 'sha256'.");
	return *digest;
}

// int(md5(key).hexdigest(), 16) % n
inline int md5_modulo(std::string_view data, int n)
{
	const core::digest digest = require_digest(core::digest_algorithm::md5, data);
	return core::big_endian_modulo(digest.bytes, digest.size, n);
}

// int.from_bytes(sha256(key).digest()[:4], 'big') % n
inline int sha256_modulo(std::string_view data, int n)
{
	const core::digest digest = require_digest(core::digest_algorithm::sha256, data);
	return core::big_endian_modulo(digest.bytes, 4, n);
}

// int.from_bytes(sha1(key).digest()[-4:], 'big') % n
inline int sha1_modulo(std::string_view data, int n)
{
	const core::digest digest = require_digest(core::digest_algorithm::sha1, data);
	return core::big_endian_modulo(digest.bytes + digest.size - 4, 4, n);
}

} // namespace shard
