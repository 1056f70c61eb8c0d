// A template that is accepted prints as one that means the same.
#include "core/key_template.hpp"

#include "bytes.hpp"

namespace {

bool same(const std::vector<core::template_part> &a, const std::vector<core::template_part> &b)
{
	if (a.size() != b.size())
		return false;
	for (std::size_t i = 0; i < a.size(); ++i)
		if (a[i].literal != b[i].literal || a[i].column != b[i].column || a[i].filter != b[i].filter)
			return false;
	return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	const std::string_view text = fuzz::whole(data, size);
	try
	{
		const auto parts = core::parse_key_template(text);
		const std::string printed = core::print_key_template(parts);
		const auto again = core::parse_key_template(printed);
		fuzz::hold(same(parts, again), "a printed template means what it was printed from");
		fuzz::hold(core::print_key_template(again) == printed, "and prints the same");
	}
	catch (const core::template_error &)
	{
		// As literal text it can be part of any template.
		const auto parts = core::parse_key_template(core::escape_template_literal(text) + "{id}");
		fuzz::hold(parts.back().column == "id", "escaped text stays literal");
		fuzz::hold(text.empty() || (parts.size() == 2 && parts.front().literal == text), "and is the text");
	}
	return 0;
}
