// Names of partitions: whatever pattern, table and bound there are, a name fits,
// is the same each time, and says the bound where nothing had to be cut.
#include "core/name_fit.hpp"

#include "bytes.hpp"

namespace {

bool continues(char c)
{
	return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::string clip(const std::string &text, std::size_t bytes)
{
	if (text.size() <= bytes)
		return text;
	while (bytes > 0 && continues(text[bytes]))
		--bytes;
	return text.substr(0, bytes);
}

std::string hash(const std::string &text)
{
	std::uint32_t sum = 2166136261u;
	for (const char c : text)
		sum = (sum ^ static_cast<unsigned char>(c)) * 16777619u;
	std::string hex;
	for (int shift = 28; shift >= 0; shift -= 4)
		hex += "0123456789abcdef"[sum >> shift & 15];
	return hex;
}

std::string name(const std::string &pattern, const std::string &parent, const std::string &bound)
{
	return core::fit_name({pattern, parent, "schema." + parent, bound}, {clip, hash});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	fuzz::bytes input(data, size);
	std::string pattern(input.text(80));
	if (input.byte() & 1)
		pattern.insert(input.below(static_cast<std::uint32_t>(pattern.size()) + 1), "{bound}");
	if (input.byte() & 1)
		pattern.insert(input.below(static_cast<std::uint32_t>(pattern.size()) + 1), "{parent}");
	if (!core::is_name_pattern(pattern))
		return 0;
	const std::string parent(input.text(core::most_name_bytes)), one(input.text(100)), other(input.text(100));
	const std::string fitted = name(pattern, parent, one);
	fuzz::hold(fitted.size() <= core::most_name_bytes, "a name fits");
	fuzz::hold(fitted == name(pattern, parent, one), "and is always the same");
	// What was cut may meet another name; who looks for a free one goes on then.
	if (one != other && one.size() <= 8 && other.size() <= 8 && parent.size() <= 8)
		fuzz::hold(fitted != name(pattern, parent, other), "what was not cut differs as the bounds do");
	return 0;
}
