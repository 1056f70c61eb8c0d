// digest.cpp: MD5, SHA-1 and SHA-256 by OpenSSL.
#include <openssl/evp.h>

#include "core/digest.hpp"

#include "core/pure.hpp"

namespace core {

namespace {

constinit EVP_MD_CTX *contexts[3] = {};

const EVP_MD *method(digest_algorithm algorithm)
{
	switch (algorithm)
	{
	case digest_algorithm::md5:
		return EVP_md5();
	case digest_algorithm::sha1:
		return EVP_sha1();
	case digest_algorithm::sha256:
		return EVP_sha256();
	}
	return nullptr;
}

// A context ready for data.  Starting again without naming the algorithm
// spares the library its look-up.
EVP_MD_CTX *begin(digest_algorithm algorithm)
{
	EVP_MD_CTX *&kept = contexts[static_cast<int>(algorithm)];
	if (kept != nullptr)
		return EVP_DigestInit_ex(kept, nullptr, nullptr) ? kept : nullptr;
	EVP_MD_CTX *fresh = EVP_MD_CTX_new();
	if (fresh != nullptr && EVP_DigestInit_ex(fresh, method(algorithm), nullptr))
		return kept = fresh;
	EVP_MD_CTX_free(fresh);
	return nullptr;
}

} // namespace

std::optional<digest> digest_of(digest_algorithm algorithm, std::string_view data)
{
	std::optional<digest> result(std::in_place);
	EVP_MD_CTX *const context = begin(algorithm);
	if (context == nullptr || !EVP_DigestUpdate(context, data.data(), data.size()) ||
		!EVP_DigestFinal_ex(context, result->bytes, &result->size))
		result.reset();
	return result;
}

} // namespace core
