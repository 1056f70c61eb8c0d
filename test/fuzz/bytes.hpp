// bytes.hpp: what the fuzzer gives, taken apart into values.  An input that is
// too short goes on with zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace fuzz {

class bytes {
public:
	bytes(const std::uint8_t *data, std::size_t size) : data_(data), size_(size) {}

	bool empty() const { return size_ == 0; }
	std::uint8_t byte()
	{
		if (size_ == 0)
			return 0;
		--size_;
		return *data_++;
	}
	// At most limit - 1.
	std::uint32_t below(std::uint32_t limit)
	{
		const std::uint32_t number = byte() | byte() << 8 | byte() << 16;
		return number % limit;
	}
	std::int64_t number()
	{
		std::uint64_t n = 0;
		for (int i = 0; i < 8; ++i)
			n = n << 8 | byte();
		return static_cast<std::int64_t>(n);
	}
	std::string_view text(std::size_t longest)
	{
		std::size_t length = below(static_cast<std::uint32_t>(longest) + 1);
		length = length < size_ ? length : size_;
		const std::string_view found(reinterpret_cast<const char *>(data_), length);
		data_ += length;
		size_ -= length;
		return found;
	}

private:
	const std::uint8_t *data_;
	std::size_t size_;
};

inline std::string_view whole(const std::uint8_t *data, std::size_t size)
{
	return {reinterpret_cast<const char *>(data), size};
}

// What has to be true, in builds without assertions too.
inline void hold(bool truth, const char *what)
{
	if (truth)
		return;
	std::fprintf(stderr, "does not hold: %s\n", what);
	std::abort();
}

} // namespace fuzz
