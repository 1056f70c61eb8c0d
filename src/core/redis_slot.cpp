// redis_slot.cpp: the hash slot of Redis Cluster.
#include <boost/crc.hpp>

#include "core/redis_slot.hpp"

#include "core/pure.hpp"

namespace core {

std::string_view redis_hash_tag(std::string_view key)
{
	const std::size_t open = key.find('{');
	if (open == key.npos)
		return key;
	const std::size_t close = key.find('}', open + 1);
	if (close == key.npos || close == open + 1)
		return key;
	return key.substr(open + 1, close - open - 1);
}

int redis_slot(std::string_view key)
{
	const std::string_view hashed = redis_hash_tag(key);
	boost::crc_xmodem_t crc;
	crc.process_bytes(hashed.data(), hashed.size());
	return crc.checksum() % redis_slots;
}

} // namespace core
