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
	const pg::acting_as owner(pg::extension_owner(), pg::acting_as::restriction::unrestricted);
	pg::spi spi;
	spi.execute("INSERT INTO mosaic.subscriber (name, token, pos) VALUES ($1, $2, $3)"
				" ON CONFLICT (name) DO UPDATE SET token = excluded.token, pos = excluded.pos, last_seen = now()",
				{pg::text_value(std::string_view(in.text(0))), pg::text_value(std::string_view(in.text(1))),
				 pg::int8_value(token.position)});
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
