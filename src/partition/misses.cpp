// misses.cpp: rows that found no partition, remembered in shared memory.
//
// Under one lock, held for a scan of a few hundred entries and around nothing
// that raises.
#include <algorithm>
#include <array>

#include "core/backoff.hpp"

#include "partition/misses.hpp"

#include "pg/random.hpp"
#include "pg/resources.hpp"
#include "pg/shared_memory.hpp"

namespace partition {

namespace {

constexpr int key_size = 256;
constexpr int64 second = USECS_PER_SEC;
// Nobody has come back for it.
constexpr int64 stale = USECS_PER_HOUR;

struct wanted_entry {
	Oid database; // InvalidOid: free
	Oid table;
	bool lists_key;
	bool null;
	char key[key_size];
	int failures;
	TimestampTz not_before;
	TimestampTz at;
};

struct missed_entry {
	Oid database; // InvalidOid: free
	Oid parent;
	int64 rows;
	TimestampTz last;
	char key[key_size];
};

struct state {
	std::array<wanted_entry, 64> wanted;
	std::array<missed_entry, 256> missed;
};

constinit state *shared = nullptr;
constinit LWLock *lock = nullptr;

Size needed()
{
	return sizeof(state);
}

void attach(void *memory, LWLock *shared_lock)
{
	shared = static_cast<state *>(memory);
	lock = shared_lock;
}

bool is_for(const wanted_entry &entry, const wanted &what)
{
	return entry.database == MyDatabaseId && entry.table == what.table && entry.lists_key == what.lists_key &&
		   (!what.lists_key || (entry.null == !what.key && (entry.null || *what.key == entry.key)));
}

wanted_entry *find(const wanted &what)
{
	const auto found = std::find_if(shared->wanted.begin(), shared->wanted.end(), [&](const wanted_entry &entry) { return is_for(entry, what); });
	return found != shared->wanted.end() ? &*found : nullptr;
}

wanted_entry *find_free(TimestampTz now)
{
	const auto usable = [=](const wanted_entry &entry) { return !OidIsValid(entry.database) || entry.at < now - stale; };
	const auto found = std::find_if(shared->wanted.begin(), shared->wanted.end(), usable);
	return found != shared->wanted.end() ? &*found : nullptr;
}

missed_entry *find_missed(Oid parent)
{
	const auto same = [=](const missed_entry &entry) { return entry.database == MyDatabaseId && entry.parent == parent; };
	const auto found = std::find_if(shared->missed.begin(), shared->missed.end(), same);
	return found != shared->missed.end() ? &*found : nullptr;
}

} // namespace

void request_misses()
{
	pg::request_shared_area({"pg_mosaic misses", needed, attach});
}

bool want(const wanted &what)
{
	if (shared == nullptr || (what.key && (what.key->size() >= key_size || what.key->find('\0') != std::string::npos)))
		return false;
	const TimestampTz now = GetCurrentTimestamp();
	const pg::lwlock guard(lock, LW_EXCLUSIVE);
	wanted_entry *entry = find(what);
	if (entry == nullptr && (entry = find_free(now)) != nullptr)
	{
		*entry = wanted_entry{};
		entry->database = MyDatabaseId;
		entry->table = what.table;
		entry->lists_key = what.lists_key;
		entry->null = !what.key;
		if (what.key)
			strlcpy(entry->key, what.key->c_str(), key_size);
	}
	if (entry == nullptr || entry->not_before > now)
		return false;
	entry->at = now;
	return true;
}

std::vector<wanted> wanted_here()
{
	std::vector<wanted> found;
	if (shared == nullptr)
		return found;
	std::array<wanted_entry, 64> copy;
	{
		const pg::lwlock guard(lock, LW_SHARED);
		copy = shared->wanted;
	}
	const TimestampTz now = GetCurrentTimestamp();
	for (const wanted_entry &entry : copy)
		if (entry.database == MyDatabaseId && entry.not_before <= now)
			found.push_back({entry.table, entry.lists_key, entry.null ? std::nullopt : std::optional<std::string>(entry.key)});
	return found;
}

void settle(const wanted &what)
{
	const pg::lwlock guard(lock, LW_EXCLUSIVE);
	if (wanted_entry *entry = find(what))
		*entry = wanted_entry{};
}

void put_off(const wanted &what)
{
	const double fraction = pg::random_fraction();
	const TimestampTz now = GetCurrentTimestamp();
	const pg::lwlock guard(lock, LW_EXCLUSIVE);
	if (wanted_entry *entry = find(what))
		entry->not_before = now + core::backoff(++entry->failures, second, 60 * second, fraction);
}

void count_missed(Oid parent, const std::string &key)
{
	if (shared == nullptr)
		return;
	const TimestampTz now = GetCurrentTimestamp();
	const pg::lwlock guard(lock, LW_EXCLUSIVE);
	missed_entry *entry = find_missed(parent);
	if (entry == nullptr)
	{
		// A free one, whose time is zero, or the one that was quiet longest.
		entry = &*std::min_element(shared->missed.begin(), shared->missed.end(), [](const missed_entry &a, const missed_entry &b) { return a.last < b.last; });
		*entry = missed_entry{};
		entry->database = MyDatabaseId;
		entry->parent = parent;
	}
	++entry->rows;
	entry->last = now;
	strlcpy(entry->key, key.c_str(), key_size);
}

std::optional<missed> missed_rows(Oid parent)
{
	if (shared == nullptr)
		return std::nullopt;
	missed_entry copy{};
	{
		const pg::lwlock guard(lock, LW_SHARED);
		if (const missed_entry *entry = find_missed(parent))
			copy = *entry;
	}
	return copy.rows > 0 ? std::optional(missed{copy.rows, copy.last, copy.key}) : std::nullopt;
}

void forget_missed(Oid parent)
{
	if (shared == nullptr)
		return;
	const pg::lwlock guard(lock, LW_EXCLUSIVE);
	if (missed_entry *entry = find_missed(parent))
		*entry = missed_entry{};
}

} // namespace partition
