// extended_statistics.cpp: targets of CREATE STATISTICS objects.
//
// LIKE copies the objects of a table in the order of their OIDs and under names
// of their own, so a copy is found by what it is about; of several about the
// same, the first belongs to the first.
#include "partition/extended_statistics.hpp"

#include "pg/spi.hpp"

namespace partition {

namespace {

#define NUMBERED_STATISTICS(table) \
	"(SELECT s.*, pg_catalog.pg_get_statisticsobjdef_columns(s.oid) AS about, pg_catalog.row_number() OVER (" \
	"PARTITION BY pg_catalog.pg_get_statisticsobjdef_columns(s.oid), s.stxkind::text ORDER BY s.oid) AS n " \
	"FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = " table ")"

// A target of -1, or NULL from PostgreSQL 17 on, is the default.
constinit pg::statement targets(
	"SELECT pg_catalog.format('ALTER STATISTICS %I.%I SET STATISTICS %s', s.nspname, c.stxname, p.stxstattarget) "
	"FROM " NUMBERED_STATISTICS("$1") " p JOIN " NUMBERED_STATISTICS("$2") " c ON c.about = p.about AND c.stxkind::text = p.stxkind::text AND c.n = p.n "
	"JOIN pg_catalog.pg_namespace s ON s.oid = c.stxnamespace WHERE p.stxstattarget >= 0 ORDER BY p.oid");

} // namespace

std::vector<std::string> statistics_targets_ddl(Oid parent, Oid partition)
{
	pg::spi spi;
	spi.execute(targets, {pg::oid_value(parent), pg::oid_value(partition)}); // read-only would not see what has just been made
	std::vector<std::string> statements;
	for (uint64 n = 0; n < spi.size(); ++n)
		statements.push_back(spi[n].text(1));
	return statements;
}

} // namespace partition
