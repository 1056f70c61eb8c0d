// key_maker.cpp: from the columns of a row to its keys.
#include <algorithm>

#include "invalidation/key_maker.hpp"

#include "pg/column.hpp"
#include "pg/digest.hpp"
#include "pg/encoding.hpp"

namespace invalidation {

namespace {

bool is_ascii(std::string_view text)
{
	return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
}

key_piece::filter filter_of(core::key_filter filter)
{
	switch (filter)
	{
	case core::key_filter::url:
		return key_piece::filter::url;
	case core::key_filter::md5:
		return key_piece::filter::md5;
	case core::key_filter::none:
		break;
	}
	return key_piece::filter::none;
}

key_piece literal(std::string_view text, MemoryContext context)
{
	key_piece piece;
	piece.literal = keep_utf8(text, context);
	return piece;
}

std::optional<key_piece> column(Relation table, const std::string &name, key_piece::filter through, MemoryContext context)
{
	const auto found = pg::find_column(table, name);
	if (!found)
		return std::nullopt;
	key_piece piece;
	piece.column = found->number;
	piece.through = through;
	piece.plan = pg::plan_text(found->type, context);
	return piece;
}

std::string json_name(const std::string &name)
{
	std::string out;
	core::append_json(out, pg::to_utf8(name).value_or(name), payload_charset());
	return out + ": ";
}

// "id": {id}, or "id": {"a": {a}, "b": {b}}, of which the inner braces are
// placeholders.
std::optional<key_recipe> row_recipe(const watch &w, Relation table, MemoryContext context)
{
	key_recipe recipe{pg::allocator<key_piece>(context)};
	const bool several = w.key_columns.size() > 1;
	std::string before = several ? "\"id\": {" : "";
	for (const std::string &name : w.key_columns)
	{
		auto piece = column(table, name, key_piece::filter::json, context);
		if (!piece)
			return std::nullopt;
		recipe.push_back(literal(before + json_name(name), context));
		recipe.push_back(*piece);
		before = ", ";
	}
	if (several)
		recipe.push_back(literal("}", context));
	return recipe;
}

std::optional<key_recipe> template_recipe(const std::string &key, Relation table, MemoryContext context)
{
	key_recipe recipe{pg::allocator<key_piece>(context)};
	const auto parts = core::try_parse_key_template(key);
	if (!parts)
		return std::nullopt;
	for (const core::template_part &part : *parts)
	{
		auto piece = part.column.empty() ? literal(part.literal, context)
										 : column(table, part.column, filter_of(part.filter), context);
		if (!piece)
			return std::nullopt;
		recipe.push_back(*piece);
	}
	return recipe;
}

void append_url(core::bounded_text &key, std::string_view text)
{
	for (const char c : text)
	{
		const auto byte = static_cast<unsigned char>(c);
		if (core::is_url_unreserved(byte))
			key.append({&c, 1});
		else
			key.append({std::initializer_list<char>{'%', "0123456789ABCDEF"[byte >> 4], "0123456789ABCDEF"[byte & 0xf]}.begin(), 3});
	}
}

// A number stays one, everything else is a string.
void append_json_value(core::bounded_text &key, std::string_view text, bool number)
{
	const bool finite = number && !text.empty() && text.find_first_not_of("-+.eE0123456789") == std::string_view::npos;
	if (finite)
	{
		key.append(text);
		return;
	}
	if (core::json_length(text, payload_charset()) > core::bounded_text::capacity)
	{
		key.set_too_long();
		return;
	}
	std::string quoted;
	core::append_json(quoted, text, payload_charset());
	key.append(quoted);
}

void append_md5(core::bounded_text &key, const pg::text_plan &plan, Datum value)
{
	char hex[pg::md5_hex_length + 1];
	pg::md5_hex(pg::to_utf8(pg::text_of(plan, value)).value_or(""), hex);
	key.append({hex, pg::md5_hex_length});
}

// A value by way of UTF-8 and the filter.
void append_filtered(core::bounded_text &key, const key_piece &piece, Datum value, std::size_t limit)
{
	core::bounded_text raw;
	raw.reset(limit);
	pg::append_text(raw, piece.plan, value);
	if (raw.too_long())
	{
		key.set_too_long();
		return;
	}
	std::optional<std::string> converted;
	std::string_view text = raw.view();
	if (!pg::database_is_utf8() && !is_ascii(text))
	{
		converted = pg::to_utf8(text);
		if (!converted)
		{
			key.set_too_long(); // not to be said at all
			return;
		}
		text = *converted;
	}
	if (piece.through == key_piece::filter::url)
		append_url(key, text);
	else if (piece.through == key_piece::filter::json)
		append_json_value(key, text, piece.plan.number);
	else
		key.append(text);
}

void append_column(core::bounded_text &key, const key_piece &piece, Datum value, std::size_t limit)
{
	if (piece.through == key_piece::filter::md5)
		append_md5(key, piece.plan, value);
	else if (piece.plan.form <= pg::text_form::int8 || (piece.through == key_piece::filter::none && pg::database_is_utf8()))
		pg::append_text(key, piece.plan, value);
	else
		append_filtered(key, piece, value, limit);
}

bool is_json_fragment(const key_recipe &recipe)
{
	return std::any_of(recipe.begin(), recipe.end(), [](const key_piece &p) { return p.through == key_piece::filter::json; });
}

} // namespace

std::string_view keep(std::string_view text, MemoryContext context)
{
	char *copy = static_cast<char *>(pg::allocate(context, text.size() + 1));
	std::memcpy(copy, text.data(), text.size());
	copy[text.size()] = '\0';
	return {copy, text.size()};
}

std::string_view keep_utf8(std::string_view text, MemoryContext context)
{
	return keep(pg::to_utf8(text).value_or(std::string(text)), context);
}

core::charset payload_charset()
{
	return pg::database_has_encoding() ? core::charset::utf8 : core::charset::bytes;
}

std::optional<pg::vector<key_recipe>> make_recipes(const watch &w, Relation table, MemoryContext context)
{
	pg::vector<key_recipe> recipes{pg::allocator<key_recipe>(context)};
	const auto add = [&](std::optional<key_recipe> recipe) {
		if (recipe)
			recipes.push_back(std::move(*recipe));
		return recipe.has_value();
	};
	if (w.payload == core::payload_kind::row)
		return add(row_recipe(w, table, context)) ? std::optional(std::move(recipes)) : std::nullopt;
	for (const std::string &key : w.keys)
		if (!add(template_recipe(key, table, context)))
			return std::nullopt;
	return recipes;
}

key_outcome make_key(core::bounded_text &key, const key_recipe &recipe, const Datum *values, const bool *nulls, std::size_t limit)
{
	key.reset(limit);
	for (const key_piece &piece : recipe)
	{
		if (piece.column == 0)
		{
			key.append(piece.literal);
			continue;
		}
		const int n = piece.column - 1;
		if (nulls[n])
			return key_outcome::absent;
		append_column(key, piece, values[n], limit);
	}
	if (key.too_long())
		return key_outcome::too_long;
	// The limit is on the JSON form; only a long key can exceed it.
	if (key.size() * 6 > limit && !is_json_fragment(recipe) && core::json_length(key.view(), payload_charset()) > limit)
		return key_outcome::too_long;
	return key_outcome::made;
}

} // namespace invalidation
