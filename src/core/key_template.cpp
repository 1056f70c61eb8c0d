// key_template.cpp: parsing and printing of key templates.
#include "core/key_template.hpp"

#include "core/pure.hpp"

namespace core {

namespace {

key_filter filter_named(std::string_view name)
{
	if (name == "url")
		return key_filter::url;
	if (name == "md5")
		return key_filter::md5;
	throw template_error("unknown filter \"" + std::string(name) + "\"");
}

const char *suffix_of(key_filter filter)
{
	switch (filter)
	{
	case key_filter::url:
		return "|url";
	case key_filter::md5:
		return "|md5";
	case key_filter::none:
		break;
	}
	return "";
}

// The text between the braces.  The last bar separates the filter, so that a
// column may have one in its name if it is followed by a filter.
template_part placeholder(std::string_view inside)
{
	template_part part;
	const std::size_t bar = inside.rfind('|');
	part.column = inside.substr(0, bar);
	if (bar != std::string_view::npos)
		part.filter = filter_named(inside.substr(bar + 1));
	if (part.column.empty())
		throw template_error("a placeholder names no column");
	return part;
}

void append_literal(std::vector<template_part> &parts, char c)
{
	if (parts.empty() || !parts.back().column.empty())
		parts.emplace_back();
	parts.back().literal.push_back(c);
}

} // namespace

std::vector<template_part> parse_key_template(std::string_view text)
{
	std::vector<template_part> parts;
	bool has_column = false;

	for (std::size_t i = 0; i < text.size(); ++i)
	{
		const char c = text[i];
		if (c != '{' && c != '}')
		{
			append_literal(parts, c);
			continue;
		}
		if (i + 1 < text.size() && text[i + 1] == c)
		{
			append_literal(parts, c);
			++i;
			continue;
		}
		if (c == '}')
			throw template_error("\"}\" without \"{\"");
		const std::size_t end = text.find('}', i);
		if (end == std::string_view::npos)
			throw template_error("\"{\" without \"}\"");
		parts.push_back(placeholder(text.substr(i + 1, end - i - 1)));
		has_column = true;
		i = end;
	}
	if (!has_column)
		throw template_error("no column is named");
	return parts;
}

std::optional<std::vector<template_part>> try_parse_key_template(std::string_view text)
{
	try
	{
		return parse_key_template(text);
	}
	catch (const template_error &)
	{
		return std::nullopt;
	}
}

std::string escape_template_literal(std::string_view literal)
{
	std::string out;
	for (const char c : literal)
	{
		out.push_back(c);
		if (c == '{' || c == '}')
			out.push_back(c);
	}
	return out;
}

std::string print_key_template(const std::vector<template_part> &parts)
{
	std::string out;
	for (const template_part &part : parts)
		out += part.column.empty() ? escape_template_literal(part.literal) : "{" + part.column + suffix_of(part.filter) + "}";
	return out;
}

bool is_url_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

} // namespace core
