// default_partition.cpp: what lies in a default partition, and in whose way.
//
// Nothing here depends on statistics, and nothing counts a default of millions
// of rows: the questions are whether there is a first row in a range, or a
// bounded number of them, which an index on the key answers at once.
#include "partition/default_partition.hpp"

#include <algorithm>

#include "partition/tree.hpp"
#include "pg/hierarchy.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"
#include "pg/partition_condition.hpp"

namespace partition {

namespace {

// A column is written like one; an expression is compared as both are shown.
constinit pg::statement leading_indexes(
	"SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am a ON a.oid = c.relam "
	"WHERE i.indrelid = $1 AND a.amname = 'btree' AND i.indisvalid AND i.indpred IS NULL "
	"AND pg_catalog.btrim(pg_catalog.pg_get_indexdef(i.indexrelid, 1, false), '()') = pg_catalog.btrim($2, '()')");

// With row_security off a policy that would hide rows is an error, not a
// wrong answer.
int64 bounded_count(Oid parent, Oid default_partition, const std::string &condition, int64 limit)
{
	const pg::acting_as owner(pg::owner_of(parent));
	pg::set_local("row_security", "off");
	pg::spi spi;
	spi.execute("SELECT pg_catalog.count(*) FROM (SELECT FROM " + pg::qualified_name(default_partition) + " WHERE " + condition + " LIMIT " +
					std::to_string(limit) + ") r",
				{}, pg::spi::access::read_latest);
	return spi[0].int8(1);
}

} // namespace

Oid default_partition_of(Oid parent)
{
	return pg::partition_table(parent).default_partition();
}

bool key_is_indexed(Oid parent, Oid default_partition)
{
	pg::spi spi;
	spi.execute(leading_indexes, {pg::oid_value(default_partition), pg::text_value(pg::partition_key_text(parent))}, pg::spi::access::read_latest);
	return spi.size() > 0;
}

int64 rows_in_default(Oid parent, Oid default_partition, const std::string &condition, int64 counted)
{
	return pg::tree_has_rows(default_partition) ? bounded_count(parent, default_partition, condition, counted) : 0;
}

bool default_holds(Oid parent, Oid default_partition, const std::string &condition)
{
	return rows_in_default(parent, default_partition, condition, 1) > 0;
}

bool is_blocked(const step &what)
{
	if (what.what != action::create)
		return false;
	const Oid default_partition = default_partition_of(what.parent);
	return OidIsValid(default_partition) && pg::tree_has_rows(default_partition) &&
		   default_holds(what.parent, default_partition, pg::partition_condition(what.parent, what.values));
}

plan take_blocked(plan &steps)
{
	const auto first = std::stable_partition(steps.begin(), steps.end(), [](const step &what) { return !is_blocked(what); });
	plan blocked(std::make_move_iterator(first), std::make_move_iterator(steps.end()));
	steps.erase(first, steps.end());
	return blocked;
}

std::string drain_command(Oid root)
{
	return "CALL mosaic.drain_default(" + pg::quoted_literal(pg::qualified_name(root).c_str()) + ");";
}

pg::failure blocked_by_default(const step &what, Oid default_partition)
{
	return {ERRCODE_CHECK_VIOLATION, "rows of the default partition belong into the partition to be made",
			"Partition \"" + pg::qualified_name(default_partition) + "\" has rows from " + what.lower + " to " + what.upper + ".",
			"Let them be moved: " + drain_command(set_around(what.parent))};
}

} // namespace partition
