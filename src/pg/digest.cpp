// digest.cpp: the server's own MD5 and HMAC-SHA-256, as hex.
#include "pg/digest.hpp"

extern "C" {
#include "common/hmac.h"
#include "common/md5.h"
#include "common/sha2.h"
}

namespace pg {

void md5_hex(std::string_view text, char *hex)
{
	call([&] {
		const char *problem = nullptr;
		if (!pg_md5_hash(text.data(), text.size(), hex, &problem))
			ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute MD5 hash: %s", problem)));
	});
}

namespace {

const uint8 *bytes_of(std::string_view text) { return reinterpret_cast<const uint8 *>(text.data()); }

} // namespace

std::string hmac_sha256_hex(std::string_view secret, std::string_view text, std::size_t bytes)
{
	uint8 digest[PG_SHA256_DIGEST_LENGTH];
	call([&] {
		pg_hmac_ctx *context = pg_hmac_create(PG_SHA256);
		if (context == nullptr)
			ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
		const bool done = pg_hmac_init(context, bytes_of(secret), secret.size()) >= 0 &&
						  pg_hmac_update(context, bytes_of(text), text.size()) >= 0 &&
						  pg_hmac_final(context, digest, sizeof(digest)) >= 0;
		const char *problem = done ? nullptr : pg_hmac_error(context);
		pg_hmac_free(context);
		if (problem != nullptr)
			ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute HMAC: %s", problem)));
	});
	std::string hex;
	for (std::size_t i = 0; i < bytes && i < sizeof(digest); ++i)
		for (const int nibble : {digest[i] >> 4, digest[i] & 0xf})
			hex.push_back("0123456789abcdef"[nibble]);
	return hex;
}

} // namespace pg
