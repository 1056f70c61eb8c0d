// restore_archive.cpp: mosaic.restore_archive(), a partition brought back.
//
// What cools down is attached as it is.  What is gone is made again as a new
// partition is, filled from its archive file, compared with the ledger, and
// only then attached: all in one transaction, so that a crash leaves nothing
// and readers see the whole of it or nothing.
//
// Whether the range is free is asked first, by attaching the empty table and
// taking that back.  From the same rehearsal comes the bound as a CHECK, under
// which the table is filled, and which spares the rows a second look while the
// parent is locked.
//
// A restored partition is as old as it was, so it is held: retention leaves it
// alone until somebody releases it.
#include "partition/apply.hpp"
#include "partition/archive_file.hpp"
#include "partition/ddl.hpp"
#include "partition/layout.hpp"
#include "partition/ledger.hpp"
#include "partition/log.hpp"
#include "partition/settings.hpp"
#include "partition/validate.hpp"
#include "partition/write_block.hpp"
#include "pg/files.hpp"
#include "pg/foreign_keys.hpp"
#include "pg/identity.hpp"
#include "pg/locking.hpp"
#include "pg/naming.hpp"

namespace partition {

namespace {

constexpr const char *bound_check = "mosaic_restored_bound";

departure require_departed(Oid root, const std::string &name)
{
	std::optional<departure> found = departed(root, name);
	if (!found)
		throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "partition \"" + name + "\" of \"" + pg::qualified_name(root) + "\" is not in the ledger", {},
						  "See what is there: SELECT * FROM mosaic.archived_partitions;");
	if (found->at != stage::detached && found->at != stage::dropped)
		throw pg::failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "partition \"" + name + "\" has not been taken away",
						  "The ledger has it as " + found->state + ".");
	return *std::move(found);
}

void require_archive(const departure &one)
{
	if (!one.verified)
		throw pg::failure(ERRCODE_UNDEFINED_OBJECT, "partition \"" + one.qualified() + "\" was not archived", "Its rows went with it.");
	if (one.format == "callback")
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED, "partition \"" + one.qualified() + "\" was archived by a callback",
						  "Its location is " + (one.location.empty() ? "unknown" : "\"" + one.location + "\"") + ".",
						  "Load it into a table by what wrote it, and attach that.");
	const std::string checksum = pg::file_sha256(one.location);
	if (checksum != one.checksum)
		throw pg::failure(ERRCODE_DATA_CORRUPTED, "file \"" + one.location + "\" is not the one that was archived",
						  "Its SHA-256 is " + checksum + "; the ledger has " + one.checksum + ".", "Bring the original back from a backup.");
}

void run(const std::vector<std::string> &statements)
{
	for (const std::string &sql : statements)
		pg::spi().execute(sql);
}

// What is done behind the locks of ATTACH.
void attach_behind_locks(const set &settings, Oid partition, const std::vector<std::string> &statements)
{
	pg::vector<pg::lock_request> locks{{settings.parent, ShareUpdateExclusiveLock}};
	if (const Oid default_partition = pg::partition_table(settings.parent).default_partition(); OidIsValid(default_partition))
		locks.push_back({default_partition, AccessExclusiveLock});
	locks.push_back({partition, AccessExclusiveLock});
	const pg::foreign_keys keys = pg::foreign_keys_of(settings.parent);
	for (const Oid table : keys.referenced)
		locks.push_back({table, ShareRowExclusiveLock});
	for (const Oid table : keys.referencing)
		locks.push_back({table, ShareRowExclusiveLock});
	const auto attach = [&](int) { run(statements); };
	if (!pg::work_behind(locks, settings::lock_policy(), attach).granted)
		throw pg::failure(ERRCODE_LOCK_NOT_AVAILABLE, "could not lock \"" + pg::qualified_name(settings.parent) + "\" to attach a partition",
						  "A lock did not come within " + std::to_string(settings::lock_budget) + " ms.",
						  "Try again when no other DDL or ANALYZE works on the table, or raise mosaic.lock_budget.");
}

std::string attach_command(const set &settings, Oid partition, const departure &one)
{
	return "ALTER TABLE " + pg::qualified_name(settings.parent) + " ATTACH PARTITION " + pg::qualified_name(partition) + " " + one.bound;
}

Oid make_leaf(const set &settings, const departure &one)
{
	step what{action::create, InvalidOid, one.name, one.lower, one.upper, one.bound, {}};
	what.parent = settings.parent;
	set leaf = settings;
	leaf.levels.clear();
	run(creation_ddl_of(leaf, what, inherited_of(leaf), with_indexes::yes).table);
	return pg::relation_named(pg::schema_of(settings.parent), one.name);
}

// As it was, whatever the levels of the set are by now.
Oid make_tree(const set &settings, const departure &one)
{
	const std::string like = " (LIKE " + pg::qualified_name(settings.parent) + " INCLUDING ALL EXCLUDING IDENTITY)";
	Oid top = InvalidOid;
	for (const laid_out &table : read_layout(*one.layout))
	{
		const std::string name = pg::quoted_identifier(table.schema.c_str()) + "." + pg::quoted_identifier(table.name.c_str());
		run({"CREATE TABLE " + name + like + (table.partition_by.empty() ? "" : " PARTITION BY " + table.partition_by)});
		if (table.parent.empty())
			top = pg::relation_named(pg::schema_oid_of(table.schema), table.name);
		else
			run({"ALTER TABLE " + table.parent + " ATTACH PARTITION " + name + " " + table.bound});
	}
	return top;
}

// The bound as a CHECK has it; refuses a range that is taken (42P17).
std::string rehearse_attach(const set &settings, Oid partition, const departure &one)
{
	std::string bound;
	pg::rehearse([&] {
		attach_behind_locks(settings, partition, {attach_command(settings, partition, one)});
		pg::spi spi;
		spi.execute("SELECT pg_catalog.pg_get_partition_constraintdef($1)", {pg::oid_value(partition)});
		bound = spi[0].text(1);
	});
	return bound;
}

void fill(const departure &one, Oid partition)
{
	if (one.rows == 0 && one.layout)
		return; // a tree without leaves has no rows to have a form
	pg::copy_in(partition, layout_of(one), one.location);
	pg::row_digest read;
	const pg::latest_snapshot now;
	for (const Oid leaf : leaves_of(partition))
		read += pg::digest_of_table(leaf, one.columns);
	if (read.rows != *one.rows || read.sum_text() != one.hash)
		throw pg::failure(ERRCODE_DATA_CORRUPTED, "file \"" + one.location + "\" gives other rows than were archived",
						  "It gives " + std::to_string(read.rows) + " rows with hash " + read.sum_text() + "; the ledger has " +
							  std::to_string(*one.rows) + " with hash " + one.hash + ".",
						  "A column of the parent may have another type by now: restore into a table of the old form and convert that.");
}

Oid restore_from_file(const set &settings, const departure &one)
{
	require_archive(one);
	const pg::acting_as owner(pg::owner_of(settings.parent));
	pg::use_stable_text();
	const Oid partition = one.layout ? make_tree(settings, one) : make_leaf(settings, one);
	const std::string table = pg::qualified_name(partition);
	const std::string check = rehearse_attach(settings, partition, one);
	run({"ALTER TABLE " + table + " ADD CONSTRAINT " + bound_check + " CHECK (" + check + ")"});
	fill(one, partition);
	attach_behind_locks(settings, partition, {attach_command(settings, partition, one), "ALTER TABLE " + table + " DROP CONSTRAINT " + bound_check});
	return partition;
}

Oid reattach(const set &settings, const departure &one)
{
	if (!OidIsValid(pg::owner_of(one.relation)))
		return InvalidOid; // somebody dropped it before its time
	if (OidIsValid(pg::parent_of(one.relation)))
		throw pg::failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "partition \"" + one.qualified() + "\" is attached",
						  "Somebody has done it by hand.", "Keep it: SELECT mosaic.hold_partition('" + pg::qualified_name(one.relation) + "');");
	const pg::acting_as owner(pg::owner_of(settings.parent));
	std::vector<std::string> statements;
	if (!one.write_block.empty())
		statements = unblock_commands(one.relation);
	statements.push_back(attach_command(settings, one.relation, one));
	attach_behind_locks(settings, one.relation, statements);
	return one.relation;
}

} // namespace

PG_FUNCTION(mosaic_restore_archive)
{
	const pg::arguments arguments(fcinfo);
	const Oid root = arguments.oid(0);
	require_primary("mosaic.restore_archive()");
	const set whole = require_set(root).settings;
	pg::require_ownership(root);
	const departure one = require_departed(root, arguments.text(1));
	const set settings = level_of(whole, one.parent);

	Oid partition = one.at == stage::detached ? reattach(settings, one) : InvalidOid;
	const char *how = OidIsValid(partition) ? "attached again" : "restored from its archive";
	if (!OidIsValid(partition))
		partition = restore_from_file(settings, one);
	note_restored(one, partition);
	hold(partition, root, how);
	record({root, "restore", pg::qualified_name(partition), one.lower, one.upper, "done", 0, 0, {}, how, {}});
	PG_RETURN_OID(partition);
}

} // namespace partition
