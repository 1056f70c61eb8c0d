// vitess.cpp: keyspace ids of Vitess and the key ranges that hold them.
#include <bit>
#include <cstring>

#include <openssl/evp.h>

#include "core/vitess.hpp"

#include "core/pure.hpp"

namespace core {

namespace {

keyspace_id big_endian(std::uint64_t value)
{
	keyspace_id id;
	for (int i = 0; i < 8; ++i)
		id[i] = static_cast<unsigned char>(value >> (56 - 8 * i));
	return id;
}

constinit EVP_CIPHER_CTX *cipher = nullptr;

// The key schedule of the zero key is made once a process.
bool prepare_cipher()
{
	if (cipher != nullptr)
		return true;
	const unsigned char zeros[24] = {};
	EVP_CIPHER_CTX *fresh = EVP_CIPHER_CTX_new();
	if (fresh == nullptr || !EVP_EncryptInit_ex(fresh, EVP_des_ede3_ecb(), nullptr, zeros, nullptr) ||
		!EVP_CIPHER_CTX_set_padding(fresh, 0))
	{
		EVP_CIPHER_CTX_free(fresh);
		return false;
	}
	cipher = fresh;
	return true;
}

std::optional<keyspace_id> null_key_3des(std::uint64_t key)
{
	const keyspace_id plain = big_endian(key);
	keyspace_id id;
	int size = 0;
	if (!prepare_cipher() || !EVP_EncryptUpdate(cipher, id.data(), &size, plain.data(), static_cast<int>(plain.size())) ||
		size != static_cast<int>(id.size()))
		return std::nullopt;
	return id;
}

std::uint64_t reverse_bits(std::uint64_t value)
{
	std::uint64_t reversed = 0;
	for (int i = 0; i < 64; ++i)
		reversed |= (value >> i & 1) << (63 - i);
	return reversed;
}

constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87ULL;
constexpr std::uint64_t prime2 = 0xC2B2AE3D27D4EB4FULL;
constexpr std::uint64_t prime3 = 0x165667B19E3779F9ULL;
constexpr std::uint64_t prime4 = 0x85EBCA77C2B2AE63ULL;
constexpr std::uint64_t prime5 = 0x27D4EB2F165667C5ULL;

std::uint64_t little_endian(const char *bytes, int size)
{
	std::uint64_t value = 0;
	for (int i = 0; i < size; ++i)
		value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
	return value;
}

std::uint64_t round(std::uint64_t lane, std::uint64_t input)
{
	return std::rotl(lane + input * prime2, 31) * prime1;
}

// Lanes of 8 bytes while there are 32 bytes left.
std::uint64_t consume_stripes(std::string_view &data)
{
	std::uint64_t lanes[4] = {prime1 + prime2, prime2, 0, 0 - prime1};
	for (; data.size() >= 32; data.remove_prefix(32))
		for (int i = 0; i < 4; ++i)
			lanes[i] = round(lanes[i], little_endian(data.data() + 8 * i, 8));
	std::uint64_t h = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) + std::rotl(lanes[3], 18);
	for (const std::uint64_t lane : lanes)
		h = (h ^ round(0, lane)) * prime1 + prime4;
	return h;
}

std::uint64_t consume_tail(std::uint64_t h, std::string_view tail)
{
	for (; tail.size() >= 8; tail.remove_prefix(8))
		h = std::rotl(h ^ round(0, little_endian(tail.data(), 8)), 27) * prime1 + prime4;
	for (; tail.size() >= 4; tail.remove_prefix(4))
		h = std::rotl(h ^ little_endian(tail.data(), 4) * prime1, 23) * prime2 + prime3;
	for (; !tail.empty(); tail.remove_prefix(1))
		h = std::rotl(h ^ little_endian(tail.data(), 1) * prime5, 11) * prime1;
	return h;
}

int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

std::optional<std::string> parse_hex(std::string_view text)
{
	if (text.size() % 2 != 0)
		return std::nullopt;
	std::string bytes;
	for (std::size_t i = 0; i < text.size(); i += 2)
	{
		const int high = hex_digit(text[i]);
		const int low = hex_digit(text[i + 1]);
		if (high < 0 || low < 0)
			return std::nullopt;
		bytes.push_back(static_cast<char>(high << 4 | low));
	}
	return bytes;
}

} // namespace

// The published XXH64 with seed 0.
std::uint64_t xxhash64(std::string_view data)
{
	const std::uint64_t size = data.size();
	std::uint64_t h = (size >= 32 ? consume_stripes(data) : prime5) + size;
	h = consume_tail(h, data);
	h = (h ^ h >> 33) * prime2;
	h = (h ^ h >> 29) * prime3;
	return h ^ h >> 32;
}

std::optional<keyspace_id> vitess_keyspace_id(std::int64_t key, std::string_view vindex)
{
	const std::uint64_t bits = static_cast<std::uint64_t>(key);
	if (vindex == "hash")
		return null_key_3des(bits);
	if (vindex == "xxhash")
	{
		// Vitess writes the hash little-endian.
		keyspace_id id = big_endian(xxhash64(std::to_string(key)));
		for (int i = 0; i < 4; ++i)
			std::swap(id[i], id[7 - i]);
		return id;
	}
	if (vindex == "numeric")
		return big_endian(bits);
	if (vindex == "reverse_bits")
		return big_endian(reverse_bits(bits));
	return std::nullopt;
}

std::optional<key_range> parse_key_range(std::string_view text)
{
	const std::size_t dash = text.find('-');
	if (dash == text.npos)
		return std::nullopt;
	const auto lower = parse_hex(text.substr(0, dash));
	const auto upper = parse_hex(text.substr(dash + 1));
	if (!lower || !upper || (!upper->empty() && *lower >= *upper))
		return std::nullopt;
	return key_range{*lower, *upper};
}

} // namespace core
