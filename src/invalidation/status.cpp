// status.cpp: how deliveries stand.
//
// Everybody may ask; the tables behind the answer are read with the rights of
// the extension's owner.
#include "invalidation/changes.hpp"

#include "pg/identity.hpp"
#include "pg/notify.hpp"
#include "pg/rowset.hpp"
#include "pg/spi.hpp"

namespace invalidation {

namespace {

constexpr const char *look =
	"SELECT (SELECT min(a.pid) FROM pg_stat_activity a WHERE a.backend_type = 'pg_mosaic ticker' AND a.datid = $1),"
	" t.pos, t.at, w.waiting, CASE WHEN w.waiting > 0 THEN clock_timestamp() - t.at ELSE interval '0' END,"
	" pg_table_size('mosaic.outbox'), (SELECT min(o.pos) FROM mosaic.tick o), (SELECT count(*) FROM mosaic.watch)"
	" FROM (SELECT * FROM mosaic.tick ORDER BY pos DESC LIMIT 1) t,"
	" LATERAL (SELECT count(DISTINCT o.xid) AS waiting FROM mosaic.outbox o"
	" WHERE o.xid >= pg_snapshot_xmax(t.snap) OR o.xid IN (SELECT pg_snapshot_xip(t.snap))) w";

pg::value column(const pg::row &row, int n, Oid type)
{
	return row.null(n) ? pg::null_of(type) : pg::value{type, row.datum(n), false};
}

} // namespace

} // namespace invalidation

using namespace invalidation;

PG_FUNCTION(mosaic_invalidation_status)
{
	pg::rowset rows(fcinfo);
	const std::string token = core::print_token(current_token());
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	if (spi.execute(look, {pg::oid_value(MyDatabaseId)}) == 0)
		return 0;
	const pg::row row = spi[0];
	rows.add({column(row, 1, INT4OID), pg::text_value(std::string_view(token)), column(row, 2, INT8OID), column(row, 3, TIMESTAMPTZOID),
			  column(row, 4, INT8OID), column(row, 5, INTERVALOID), column(row, 6, INT8OID), column(row, 7, INT8OID),
			  pg::float8_value(pg::notify_queue_usage()), column(row, 8, INT8OID)});
	return 0;
}
