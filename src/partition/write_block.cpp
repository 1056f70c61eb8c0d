// write_block.cpp: keeping writes out of a partition that is being archived.
//
// By triggers on the leaves, for routed writes are checked for rights on the
// parent only, which REVOKE on the partition would not change.  A row trigger,
// since routing fires no other, and one for TRUNCATE; both fire ALWAYS, for
// replication and session_replication_role as well.  Whoever wrote before holds
// ROW EXCLUSIVE until the end of the transaction, which CREATE TRIGGER waits
// for: after it nothing is on its way in any more.
//
// The owner may take the triggers away.  So what is read of the table is worth
// something only while the triggers' rows in the catalog are still the very
// versions that were there then.
#include "partition/write_block.hpp"

#include "pg/array.hpp"
#include "pg/identity.hpp"
#include "pg/naming.hpp"
#include "pg/resources.hpp"
#include "pg/spi.hpp"
#include "pg/trigger.hpp"

namespace partition {

namespace {

constexpr const char *row_trigger = "mosaic_write_block";
constexpr const char *truncate_trigger = "mosaic_truncate_block";

constinit pg::statement select_block(
	"SELECT pg_catalog.string_agg(t.oid::text || '.' || t.xmin::text, ',' ORDER BY t.oid) "
	"FROM pg_catalog.pg_trigger t WHERE t.tgrelid = ANY ($1) AND t.tgenabled = 'A' "
	"AND t.tgname IN ('mosaic_write_block', 'mosaic_truncate_block') AND t.tgfoid = 'mosaic.refuse_write()'::regprocedure "
	"HAVING pg_catalog.count(*) = 2 * pg_catalog.cardinality($1)");

} // namespace

std::vector<Oid> leaves_of(Oid partition)
{
	std::vector<Oid> leaves;
	for (const Oid table : pg::table_and_below(partition))
		if (!pg::is_partitioned(table))
			leaves.push_back(table);
	return leaves;
}

std::vector<std::string> block_commands(Oid partition)
{
	std::vector<std::string> sql;
	for (const Oid leaf : leaves_of(partition))
	{
		const std::string table = pg::qualified_name(leaf);
		sql.push_back(std::string("CREATE OR REPLACE TRIGGER ") + row_trigger + " BEFORE INSERT OR UPDATE OR DELETE ON " + table +
					  " FOR EACH ROW EXECUTE FUNCTION mosaic.refuse_write()");
		sql.push_back(std::string("CREATE OR REPLACE TRIGGER ") + truncate_trigger + " BEFORE TRUNCATE ON " + table +
					  " FOR EACH STATEMENT EXECUTE FUNCTION mosaic.refuse_write()");
		sql.push_back("ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + row_trigger + ", ENABLE ALWAYS TRIGGER " + truncate_trigger);
	}
	return sql;
}

std::vector<std::string> unblock_commands(Oid partition)
{
	std::vector<std::string> sql;
	for (const Oid leaf : leaves_of(partition))
		for (const char *trigger : {row_trigger, truncate_trigger})
			sql.push_back(std::string("DROP TRIGGER IF EXISTS ") + trigger + " ON " + pg::qualified_name(leaf));
	return sql;
}

std::string block_identity(Oid partition)
{
	const std::vector<Oid> leaves = leaves_of(partition);
	if (leaves.empty())
		return "nothing to write to";
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute(select_block, {pg::oid_array_value(leaves)}, pg::spi::access::read_latest);
	return spi.size() == 0 || spi[0].null(1) ? std::string() : spi[0].text(1);
}

PG_FUNCTION(mosaic_refuse_write)
{
	const std::string table = pg::triggered_table(fcinfo);
	throw pg::failure(ERRCODE_OBJECT_IN_USE, "partition \"" + table + "\" takes no writes: it is being archived",
					  "Retention has begun to retire it.", "Write to it again when it is kept: SELECT mosaic.hold_partition('" + table + "');");
}

} // namespace partition
