// counters.cpp: what maintenance has done since the server started.
//
// Under one lock, held for a scan of a few hundred entries and around nothing
// that raises.  What finds no free entry is not counted: a cluster with more
// databases than that is watched by its logs.
#include <algorithm>
#include <array>

#include "partition/counters.hpp"

#include "pg/resources.hpp"
#include "pg/shared_memory.hpp"

namespace partition {

namespace {

constexpr int name_size = 24;

struct action_entry {
	Oid database; // InvalidOid: free
	char action[name_size];
	char outcome[name_size];
	int64 steps;
};

struct lock_entry {
	Oid database; // InvalidOid: free
	lock_count count;
};

struct state {
	std::array<action_entry, 1024> actions;
	std::array<lock_entry, 256> locks;
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

// The entry there is, or a free one; null for neither.
template <typename Entries, typename Same>
auto *find(Entries &entries, Same &&same)
{
	const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto &entry) {
		return !OidIsValid(entry.database) || (entry.database == MyDatabaseId && same(entry));
	});
	return found != entries.end() ? &*found : nullptr;
}

} // namespace

void request_counters()
{
	pg::request_shared_area({"pg_mosaic counters", needed, attach});
}

void count_action(const std::string &action, const std::string &outcome)
{
	if (shared == nullptr)
		return;
	const pg::lwlock guard(lock, LW_EXCLUSIVE);
	action_entry *entry = find(shared->actions, [&](const action_entry &one) { return action == one.action && outcome == one.outcome; });
	if (entry == nullptr)
		return;
	entry->database = MyDatabaseId;
	strlcpy(entry->action, action.c_str(), name_size);
	strlcpy(entry->outcome, outcome.c_str(), name_size);
	++entry->steps;
}

void count_locks(int tries, int64 microseconds)
{
	if (shared == nullptr)
		return;
	const pg::lwlock guard(lock, LW_EXCLUSIVE);
	lock_entry *entry = find(shared->locks, [](const lock_entry &) { return true; });
	if (entry == nullptr)
		return;
	entry->database = MyDatabaseId;
	entry->count.tries += tries;
	entry->count.waited += microseconds;
	entry->count.longest = std::max(entry->count.longest, microseconds);
}

std::vector<action_count> counted_actions()
{
	std::vector<action_count> counts;
	if (shared == nullptr)
		return counts;
	std::vector<action_entry> copy(shared->actions.size());
	{
		const pg::lwlock guard(lock, LW_SHARED);
		std::copy(shared->actions.begin(), shared->actions.end(), copy.begin());
	}
	for (const action_entry &entry : copy)
		if (entry.database == MyDatabaseId)
			counts.push_back({entry.action, entry.outcome, entry.steps});
	return counts;
}

lock_count counted_locks()
{
	lock_count count{};
	if (shared == nullptr)
		return count;
	const pg::lwlock guard(lock, LW_SHARED);
	for (const lock_entry &entry : shared->locks)
		if (entry.database == MyDatabaseId)
			count = entry.count;
	return count;
}

} // namespace partition
