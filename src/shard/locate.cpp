// locate.cpp: map and key to owner.
#include "shard/locate.hpp"

#include <algorithm>

#include "core/redis_slot.hpp"
#include "shard/digests.hpp"
#include "shard/directory.hpp"
#include "shard/load.hpp"

namespace shard {

namespace {

// The 16 bytes of a uuid are what clients feed to SHA-256.
std::string_view sha256_input(const map &m, const key &k, std::string &buffer)
{
	return m.keys == key_kind::uuid ? k.bytes : client_text(m.keys, k, buffer);
}

int weighted_rendezvous(const map &m, std::string_view key_bytes)
{
	const uint64 key_hash = pg::partition_hash(key_bytes);
	int winner = none;
	double best = 0;
	for (std::size_t i = 0; i < m.owners.size(); ++i)
	{
		if (m.owners[i].weight == 0)
			continue;
		const double score =
			core::weighted_rendezvous_score(key_hash, m.owners[i].name_hash, static_cast<double>(m.owners[i].weight));
		if (winner == none || score > best)
		{
			winner = static_cast<int>(i);
			best = score;
		}
	}
	return winner;
}

int computed_owner(const map &m, const key &k)
{
	const int n = static_cast<int>(m.owners.size());
	if (n == 0)
		return none;
	std::string buffer;
	switch (m.method)
	{
	case strategy::modulo:
		return core::floor_modulo(k.number, n);
	case strategy::jump:
		return core::jump(static_cast<uint64>(k.number), n);
	case strategy::md5:
		return md5_modulo(client_text(m.keys, k, buffer), n);
	case strategy::sha256:
		return sha256_modulo(sha256_input(m, k, buffer), n);
	default:
		return weighted_rendezvous(m, client_text(m.keys, k, buffer));
	}
}

place default_place(const map &m)
{
	place p;
	p.owner = m.default_owner;
	p.epoch = m.base_epoch;
	return p;
}

place in_slots(const map &m, const key &k)
{
	place p;
	p.slot = slot_of(m, k);
	p.owner = m.slot_owners[p.slot];
	p.epoch = m.slot_info[p.slot].epoch;
	p.state = m.slot_info[p.slot].state;
	return p;
}

place in_ranges(const map &m, const key &k)
{
	place p = default_place(m);
	const auto after = std::upper_bound(m.lowers.begin(), m.lowers.end(), k, before);
	if (after == m.lowers.begin())
		return p;
	const range &candidate = m.ranges[static_cast<std::size_t>(after - m.lowers.begin() - 1)];
	if (!candidate.upper_open && !before(k, candidate.upper))
		return p;
	p.owner = candidate.owner;
	p.epoch = candidate.epoch;
	return p;
}

place at_entry(const entry &found)
{
	place p;
	p.owner = found.owner;
	p.epoch = found.epoch;
	p.schema_name = found.schema_name;
	p.dbname = found.dbname;
	return p;
}

place in_list(const map &m, const key &k)
{
	const auto found = std::lower_bound(m.list_keys.begin(), m.list_keys.end(), k, before);
	if (found == m.list_keys.end() || !(*found == k))
		return default_place(m);
	return at_entry(m.list_entries[static_cast<std::size_t>(found - m.list_keys.begin())]);
}

place in_directory(const map &m, const key &k)
{
	if (const entry *kept = m.entries->find(k))
		return at_entry(*kept);
	const std::optional<entry> found = read_entry(m, k);
	if (!found)
		return default_place(m);
	if (found->owner == none)
		throw pg::failure(ERRCODE_T_R_SERIALIZATION_FAILURE, "shard map \"" + std::string(m.name) + "\" changed during the lookup",
						  "The key has just been given to a shard that has just been made.", "Try again.");
	m.entries->remember(k, *found);
	return at_entry(*found);
}

} // namespace

int slot_by_digest(const map &m, const key &k)
{
	const int slots = static_cast<int>(m.slot_owners.size());
	std::string buffer;
	switch (m.hash)
	{
	case slot_hash::md5:
		return md5_modulo(client_text(m.keys, k, buffer), slots);
	case slot_hash::sha256:
		return sha256_modulo(sha256_input(m, k, buffer), slots);
	default:
		return core::redis_slot(client_text(m.keys, k, buffer)) % slots;
	}
}

place locate(const map &m, const key &k)
{
	switch (m.method)
	{
	case strategy::slots:
		return in_slots(m, k);
	case strategy::range:
		return in_ranges(m, k);
	case strategy::list:
		return in_list(m, k);
	case strategy::directory:
	case strategy::tenant:
		return in_directory(m, k);
	default:
		break;
	}
	place p = default_place(m);
	if (const int computed = computed_owner(m, k); computed != none)
		p.owner = computed;
	return p;
}

void refuse_ownerless(const map &m, const key &k)
{
	throw pg::failure(ERRCODE_NO_DATA_FOUND, "no shard of map \"" + std::string(m.name) + "\" owns the key",
					  "The key is " + shown_key(m.keys, k) + ".",
					  "Assign the key, or give the map a default shard: SELECT mosaic.shard_set_default(map, shard).");
}

} // namespace shard
