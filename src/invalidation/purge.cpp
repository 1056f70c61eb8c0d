// purge.cpp: forgetting old ticks and what they told.
//
// The horizon is the newest tick that is older than the retention and that
// every subscriber heard of lately has acknowledged.  Everything up to it
// goes; it stays itself, as the lower end of the next one's window.
#include "invalidation/settings.hpp"
#include "invalidation/tick.hpp"

#include "pg/identity.hpp"
#include "pg/resources.hpp"
#include "pg/spi.hpp"

namespace invalidation {

namespace {

constexpr const char *horizon =
	"SELECT t.pos, pg_snapshot_xmin(t.snap) FROM mosaic.tick t"
	" WHERE t.at < now() - make_interval(secs => $1)"
	"   AND t.pos <= coalesce((SELECT min(s.pos) FROM mosaic.subscriber s WHERE s.last_seen > now() - make_interval(secs => $2)), t.pos)"
	" ORDER BY t.pos DESC LIMIT 1";
// Planned each time, for what is now an empty table may have been a long one.
// In batches, so that one purge after a long pause does not run for minutes.
constexpr const char *delete_rows =
	"DELETE FROM mosaic.outbox WHERE ctid = ANY (ARRAY (SELECT ctid FROM mosaic.outbox WHERE xid < $1 ORDER BY xid LIMIT 20000))";
constexpr const char *delete_ticks =
	"DELETE FROM mosaic.tick WHERE ctid = ANY (ARRAY (SELECT ctid FROM mosaic.tick WHERE pos < $1 ORDER BY pos LIMIT 20000))";

} // namespace

void purge()
{
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute(horizon, {pg::float8_value(settings::outbox_retention), pg::float8_value(settings::outbox_retention_max)});
	if (spi.size() == 0)
		return;
	const pg::value position = pg::int8_value(spi[0].int8(1));
	const pg::value oldest{XID8OID, spi[0].datum(2), false};
	while (spi.execute(delete_rows, {oldest}) == 20000)
		pg::check_for_interrupts();
	while (spi.execute(delete_ticks, {position}) == 20000)
		pg::check_for_interrupts();
}

} // namespace invalidation
