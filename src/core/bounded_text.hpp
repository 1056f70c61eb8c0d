// bounded_text.hpp: text on the stack that stops growing at a limit.
//
// Keys are made for every row of a bulk statement, so they allocate nothing,
// and one that grows too long is noticed instead of kept.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace core {

class bounded_text {
public:
	static constexpr std::size_t capacity = 8192;

	bounded_text() {} // leaves the storage alone

	void reset(std::size_t limit)
	{
		size_ = 0;
		limit_ = limit < capacity ? limit : capacity;
		too_long_ = false;
	}
	void append(std::string_view text)
	{
		if (char *to = room(text.size()))
		{
			std::memcpy(to, text.data(), text.size());
			size_ += text.size();
		}
	}
	// Room for so many bytes, which grow() then claims; null where there is none.
	char *room(std::size_t bytes)
	{
		too_long_ = too_long_ || bytes > limit_ - size_;
		return too_long_ ? nullptr : data_ + size_;
	}
	void grow(std::size_t bytes) { size_ += bytes; }
	void set_too_long() { too_long_ = true; }

	bool too_long() const { return too_long_; }
	std::size_t size() const { return size_; }
	std::string_view view() const { return {data_, size_}; }

private:
	std::size_t size_ = 0;
	std::size_t limit_ = capacity;
	bool too_long_ = false;
	char data_[capacity];
};

} // namespace core
