// change_functions.cpp: the SQL face of positions: token, changes_since, tick,
// ack, and wait_replica.
#include "invalidation/changes.hpp"
#include "invalidation/key_maker.hpp"
#include "invalidation/settings.hpp"
#include "invalidation/state.hpp"
#include "invalidation/tick.hpp"
#include "invalidation/watch_checks.hpp"

#include "pg/encoding.hpp"
#include "pg/identity.hpp"
#include "pg/latch.hpp"
#include "pg/library.hpp"
#include "pg/naming.hpp"
#include "pg/rowset.hpp"
#include "pg/spi.hpp"
#include "pg/wal.hpp"

namespace invalidation {

namespace {

core::position_token require_token(const std::string &text)
{
	const auto token = core::parse_token(text);
	if (!token)
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "not a token: \"" + text + "\"", "",
						  "Tokens come from mosaic.token() and mosaic.changes_since(), or are \"e\" and \"pos\" of a notification "
						  "with a colon between them.");
	return *token;
}

[[noreturn]] void refuse_channel(const std::string &which)
{
	throw pg::failure(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied for " + which, "",
					  "Its owner may allow it: INSERT INTO mosaic.channel_acl (channel, grantee) VALUES ('channel', 'role');");
}

readable_channels require_readable(const std::optional<std::string> &channel)
{
	readable_channels readable = channels_of(GetUserId());
	if (channel && !readable.contains(*channel))
		refuse_channel("channel \"" + *channel + "\"");
	if (readable.empty())
		refuse_channel("every channel");
	return readable;
}

// The rows of one page.  All of them carry the token to go on from when the
// whole page has been dealt with.
class page_rows {
public:
	page_rows(FunctionCallInfo fcinfo, const page &from) : rows_(fcinfo), page_(from), token_(core::print_token(from.next)) {}

	void add(const tick_row &tick, const pg::value &relation, const pg::value &key, bool all, const pg::value &reason)
	{
		rows_.add({pg::text_value(std::string_view(token_)), pg::int8_value(tick.position), relation, key, pg::bool_value(all), reason,
				   {LSNOID, UInt64GetDatum(tick.lsn), false}, {XID8OID, UInt64GetDatum(tick.seen.xmax), false},
				   pg::bool_value(page_.reset)});
		empty_ = false;
	}
	void add_part(const tick_row &tick, const coalesced &changes, const coalesced::part &part)
	{
		const pg::value relation = pg::text_value(std::string_view(pg::from_utf8(part.relation)));
		if (changes.all(part) != core::all_reason::none)
		{
			const std::string_view why = core::reason_name(changes.all(part));
			add(tick, relation, pg::null_of(TEXTOID), true, pg::text_value(why));
			return;
		}
		for (const core::changed_key &key : changes.keys(part))
		{
			pg::check_for_interrupts();
			add(tick, relation, pg::text_value(std::string_view(shown(part, key))), false, pg::null_of(TEXTOID));
		}
	}
	void add_position_alone()
	{
		if (empty_)
			add(page_.end, pg::null_of(TEXTOID), pg::null_of(TEXTOID), false, pg::null_of(TEXTOID));
	}

private:
	// As the notification says it.
	std::string shown(const coalesced::part &part, const core::changed_key &key)
	{
		switch (part.payload)
		{
		case core::payload_kind::row:
			return core::row_payload(part.table, key.key, core::operation_name(key.operation), payload_charset());
		case core::payload_kind::hashed:
			if (secret_.empty())
				secret_ = hash_secret();
			return hashed_key(secret_, key.key);
		default:
			return pg::from_utf8(key.key);
		}
	}

	pg::rowset rows_;
	const page &page_;
	std::string token_;
	std::string secret_;
	bool empty_ = true;
};

// False where the name is another role's, whose row must not stay changed then.
bool acknowledge(const std::string &name, const std::string &token, int64 position, Oid role, std::optional<std::string> &owner)
{
	const pg::acting_as catalogs(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute("INSERT INTO mosaic.subscriber AS s (name, token, pos, owner) VALUES ($1, $2, $3, $4)"
				" ON CONFLICT (name) DO UPDATE SET token = excluded.token, pos = excluded.pos, last_seen = now()"
				" RETURNING pg_has_role($4, s.owner::oid, 'USAGE'), (SELECT quote_ident(r.rolname) FROM pg_roles r WHERE r.oid = s.owner)",
				{pg::text_value(std::string_view(name)), pg::text_value(std::string_view(token)), pg::int8_value(position), pg::oid_value(role)});
	owner = spi[0].optional_text(2);
	return spi[0].boolean(1);
}

// Whose name it is.  A role that has been dropped keeps it: its consumer may be
// at work under another login, and who comes across the name should not be able
// to have what that one has not seen forgotten.
[[noreturn]] void refuse_subscriber(const std::string &name, const std::optional<std::string> &owner)
{
	const std::string message = "permission denied for subscriber \"" + name + "\"";
	if (!owner)
		throw pg::failure(ERRCODE_INSUFFICIENT_PRIVILEGE, message, "It belongs to a role that has been dropped.",
						  "Use another name, or ask a superuser to free this one: DELETE FROM mosaic.subscriber WHERE name = " +
							  pg::quoted_literal(name.c_str()) + ";");
	throw pg::failure(ERRCODE_INSUFFICIENT_PRIVILEGE, message, "It belongs to role " + *owner + ", which acknowledged first.",
					  "Use another name, or be made a member of that role: GRANT " + *owner + " TO " + pg::quoted_role(GetUserId()) + ";");
}

void purge_now_and_then()
{
	constexpr int64 pause = 60 * USECS_PER_SEC;
	static constinit TimestampTz last = 0;
	if (GetCurrentTimestamp() - last < pause)
		return;
	purge();
	last = GetCurrentTimestamp();
}

} // namespace

} // namespace invalidation

using namespace invalidation;

PG_FUNCTION(mosaic_token)
{
	return pg::text_value(std::string_view(core::print_token(current_token()))).datum;
}

PG_FUNCTION(mosaic_changes_since)
{
	pg::require_same_series();
	const pg::arguments in(fcinfo);
	in.require(0, "token");
	in.require(2, "max_ticks");
	in.require(3, "autotick");
	const core::position_token token = require_token(in.text(0));
	const auto channel = in.null(1) ? std::nullopt : std::optional<std::string>(NameStr(*DatumGetName(in.datum(1))));
	if (in.int4(2) < 1)
		throw pg::failure(ERRCODE_INVALID_PARAMETER_VALUE, "argument \"max_ticks\" must be positive");
	const readable_channels readable = require_readable(channel);

	const page found = changes_after(token, in.int4(2), in.boolean(3));
	page_rows rows(fcinfo, found);
	for (const page_entry &entry : found.entries)
		for (const coalesced::part &part : entry.changes.parts())
			if (channel ? part.channel == *channel : readable.contains(part.channel))
				rows.add_part(entry.tick, entry.changes, part);
	rows.add_position_alone();
	return 0;
}

PG_FUNCTION(mosaic_tick)
{
	pg::require_same_series();
	const auto t = make_tick();
	if (t)
		deliver(*t);
	purge_now_and_then();
	if (!t)
		PG_RETURN_NULL();
	PG_RETURN_INT64(t->row.position);
}

PG_FUNCTION(mosaic_ack)
{
	pg::require_same_series();
	const pg::arguments in(fcinfo);
	const core::position_token token = require_token(in.text(1));
	require_readable(std::nullopt);
	const Oid caller = GetUserId();
	const std::string name = in.text(0);
	std::optional<std::string> owner;
	if (!acknowledge(name, in.text(1), token.position, caller, owner))
		refuse_subscriber(name, owner);
	PG_RETURN_VOID();
}

PG_FUNCTION(mosaic_wait_replica)
{
	constexpr long look_every = 5; // ms
	const uint64 lsn = DatumGetUInt64(PG_GETARG_DATUM(0));
	const Interval *timeout = PG_GETARG_INTERVAL_P(1);
	const TimestampTz end = pg::call([=] {
		return DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(GetCurrentTimestamp()),
													   IntervalPGetDatum(timeout)));
	});
	while (pg::on_standby() && pg::wal_replay_position() < lsn)
	{
		if (GetCurrentTimestamp() >= end)
			PG_RETURN_BOOL(false);
		pg::pause(look_every);
	}
	PG_RETURN_BOOL(true);
}
