// key_maker.hpp: from the columns of a row to its keys.
#pragma once

#include "invalidation/watch.hpp"

#include "core/bounded_text.hpp"
#include "core/json_text.hpp"
#include "core/key_template.hpp"
#include "pg/datum_text.hpp"

namespace invalidation {

// A stretch of a key: text, or a column's value.
struct key_piece {
	enum class filter : unsigned char { none, url, md5, json };

	std::string_view literal;
	AttrNumber column = 0; // 0: the literal
	filter through = filter::none;
	pg::text_plan plan{};
};

// A key; lives in a memory context of its owner's.
using key_recipe = pg::vector<key_piece>;

// For the columns of one relation, which may be a leaf whose columns are in
// another order than the root's.  Nothing where a column is missing, or a
// template is none.
std::optional<pg::vector<key_recipe>> make_recipes(const watch &w, Relation table, MemoryContext context);

enum class key_outcome { made, absent, too_long }; // absent: a part is NULL

// Values and nulls as in a slot.  In UTF-8 whatever the database's encoding.
key_outcome make_key(core::bounded_text &key, const key_recipe &recipe, const Datum *values, const bool *nulls,
					 std::size_t limit);

// Text kept in a memory context, in UTF-8.
std::string_view keep_utf8(std::string_view text, MemoryContext context);
std::string_view keep(std::string_view text, MemoryContext context);

core::charset payload_charset();

} // namespace invalidation
