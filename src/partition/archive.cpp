// archive.cpp: the step that archives a partition and verifies the archive.
//
// What the table holds is counted and hashed first, then compared with what
// can be read of the archive.  Nothing can be written in between, and that it
// could not is asked once more before the partition goes (is_intact).
#include "partition/archive.hpp"

#include "partition/archive_callback.hpp"
#include "partition/archive_file.hpp"
#include "partition/layout.hpp"
#include "partition/write_block.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"
#include "pg/row_digest.hpp"

namespace partition {

namespace {

void take_contents(departure &one)
{
	const std::vector<Oid> leaves = leaves_of(one.relation);
	one.columns = pg::stored_columns(one.relation);
	one.layout = layout_below(one.relation);
	pg::row_digest whole;
	for (const Oid leaf : leaves)
		whole += pg::digest_of_table(leaf, one.columns);
	one.rows = whole.rows;
	one.hash = whole.sum_text();
}

} // namespace

void require_archivable(Oid partition)
{
	for (const Oid leaf : leaves_of(partition))
		if (pg::is_foreign_table(leaf))
			throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "cannot archive foreign table \"" + pg::qualified_name(leaf) + "\"",
							  "Its rows are on another server, where anybody may change them.",
							  "Detach it by hand, or set retention_action to 'detach'.");
}

archived archive_partition(const set &settings, const step &what)
{
	std::optional<departure> claimed = claim_departure(what.partition);
	if (!claimed)
		return {false, "somebody else archives it", {}};
	departure &one = *claimed;
	const pg::acting_as owner(pg::owner_of(settings.parent));
	pg::use_stable_text();
	if (!one.rows)
	{
		take_contents(one);
		note_contents(one);
	}
	if (!settings.archive_callback)
		archive_to_file(settings, one);
	else if (!archive_by_callback(settings, what, one))
	{
		note_attempt(one);
		return {false, "archive_callback is not done yet: " + *one.result, archive_command(settings, what)};
	}
	note_verified(one);
	const std::string rows = std::to_string(*one.rows) + (*one.rows == 1 ? " row" : " rows");
	return {true, rows + (one.location.empty() ? " archived" : " in " + one.location), archive_command(settings, what)};
}

std::string archive_command(const set &settings, const step &what)
{
	const std::string table = pg::qualified_name(what.partition);
	if (settings.archive_callback)
		return "SELECT " + *settings.archive_callback + "(jsonb_build_object('partition', " + pg::quoted_literal(table.c_str()) + ", ...));";
	return "COPY " + table + " TO a file in mosaic.archive_directory (FORMAT " + settings.archive_format + ", compression " +
		   settings.archive_compression + ");";
}

} // namespace partition
