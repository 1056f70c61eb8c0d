// deliver.cpp: from change records to notifications.
#include <algorithm>

#include "invalidation/deliver.hpp"

#include "invalidation/key_maker.hpp"
#include "invalidation/settings.hpp"
#include "invalidation/state.hpp"

#include "pg/digest.hpp"
#include "pg/encoding.hpp"
#include "pg/notify.hpp"
#include "pg/snapshot_text.hpp"

namespace invalidation {

namespace {

constexpr std::size_t hashed_bytes = 16;

using part = coalesced::part;

core::payload_group group_of(const coalesced &changes, const part &p)
{
	core::payload_group group;
	group.watch = p.watch;
	group.relation = p.relation;
	group.all = changes.all(p);
	group.hashed = p.payload == core::payload_kind::hashed;
	if (group.all == core::all_reason::none)
		for (const core::changed_key &key : changes.keys(p))
			group.keys.push_back(key.key);
	return group;
}

// Replaces keys by their hashes, which live in `hashes`.
void hash_keys(core::payload_group &group, const std::string &secret, std::vector<std::string> &hashes)
{
	hashes.reserve(group.keys.size());
	for (std::string_view &key : group.keys)
		key = hashes.emplace_back(hashed_key(secret, key));
}

void notify_packed(const coalesced &changes, const std::vector<const part *> &parts, const core::payload_header &header,
				   const delivery_options &options)
{
	std::vector<core::payload_group> groups;
	std::vector<std::vector<std::string>> hashes(parts.size());
	for (std::size_t i = 0; i < parts.size(); ++i)
	{
		core::payload_group &group = groups.emplace_back(group_of(changes, *parts[i]));
		if (options.degraded && group.all == core::all_reason::none)
		{
			group.all = core::all_reason::overflow;
			group.keys.clear();
		}
		if (group.hashed)
			hash_keys(group, options.secret, hashes[i]);
	}
	for (const std::string &payload : core::pack(header, groups, payload_charset(), payload_limit(),
												 static_cast<std::size_t>(settings::max_payloads)))
		pg::notify(parts.front()->channel, payload);
}

void notify_rows(const coalesced &changes, const part &p, const delivery_options &options)
{
	const core::all_reason all = options.degraded ? core::all_reason::overflow : changes.all(p);
	if (all != core::all_reason::none)
	{
		pg::notify(p.channel, core::row_payload(p.table, all, payload_charset()));
		return;
	}
	for (const core::changed_key &key : changes.keys(p))
	{
		pg::check_for_interrupts();
		pg::notify(p.channel, core::row_payload(p.table, key.key, core::operation_name(key.operation), payload_charset()));
	}
}

} // namespace

void coalesced::add(const core::change_record &record)
{
	const identity id(record.channel, record.watch, record.payload, record.relation);
	const auto [at, is_new] = known_.try_emplace(id, parts_.size());
	if (is_new)
		parts_.push_back({std::string(record.channel), std::string(record.relation), std::string(record.table), record.watch,
						  record.payload, keys_.add_group()});
	const core::key_set::group group = parts_[at->second].group;
	if (record.all != core::all_reason::none)
		keys_.set_all(group, record.all, 1);
	// Rows are a notification each, so that a tick of very many says so instead.
	const std::size_t cap = record.payload == core::payload_kind::row ? static_cast<std::size_t>(settings::max_keys) : SIZE_MAX;
	for (const core::changed_key &key : record.keys)
		keys_.add(group, key.key, key.operation, 1, cap);
}

std::vector<std::string> coalesced::channels() const
{
	std::vector<std::string> names;
	for (const part &p : parts_)
		if (std::find(names.begin(), names.end(), p.channel) == names.end())
			names.push_back(p.channel);
	return names;
}

std::vector<core::changed_key> coalesced::keys(const part &of) const
{
	std::vector<core::changed_key> keys;
	for (const core::key_set::entry &entry : keys_.entries())
		if (entry.owner == of.group)
			keys.push_back({keys_.key(entry), entry.operation});
	return keys;
}

std::string hashed_key(const std::string &secret, std::string_view key)
{
	return pg::hmac_sha256_hex(secret, key, hashed_bytes);
}

void notify_channel(const coalesced &changes, const std::string &channel, const core::payload_header &header,
					const delivery_options &options)
{
	std::vector<const part *> packed;
	bool ring = false;
	for (const part &p : changes.parts())
	{
		if (p.channel != channel)
			continue;
		if (p.payload == core::payload_kind::row)
			notify_rows(changes, p, options);
		else if (p.payload == core::payload_kind::doorbell || (options.degraded && header.position))
			ring = true;
		else
			packed.push_back(&p);
	}
	// The bell first: whoever asks then knows more than the keys say.
	if (ring)
		pg::notify(channel, core::doorbell(header));
	if (!packed.empty())
		notify_packed(changes, packed, header, options);
}

void notify_direct(const coalesced &changes)
{
	core::payload_header header;
	header.epoch = current_epoch();
	header.xid = std::to_string(pg::own_transaction_for_writing());
	delivery_options options;
	options.degraded = pg::notify_queue_usage() * 100 > settings::notify_highwater;
	options.secret = secret_if_needed(changes);
	for (const std::string &channel : changes.channels())
		notify_channel(changes, channel, header, options);
}

} // namespace invalidation
