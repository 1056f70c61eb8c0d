// children.cpp: the processes that the launcher starts.
//
// The table in shared memory says who is there; a handle is only needed for
// the time before a process has put itself into it, which a fork that failed
// never does.
#include <algorithm>
#include <array>

#include "worker/children.hpp"

#include "worker/processes.hpp"

namespace worker {

namespace {

struct kind_of_child {
	const char *type;
	const char *function;
};

kind_of_child describe(process_kind kind)
{
	if (kind == process_kind::ticker)
		return {"pg_mosaic ticker", "mosaic_ticker_main"};
	return {"pg_mosaic maintenance", "mosaic_maintenance_main"};
}

BackgroundWorkerHandle *register_child(process_kind kind, const database &where)
{
	const pg::memory_switch long_lived(TopMemoryContext);
	const kind_of_child about = describe(kind);
	std::array<char, BGW_MAXLEN> name;
	snprintf(name.data(), name.size(), "%s %s", about.type, NameStr(where.name));
	return pg::start_worker({name.data(), about.type, about.function, where.oid});
}

} // namespace

bool children::start(process_kind kind, const database &where)
{
	if (const locked_state state(LW_EXCLUSIVE); !reserve(*state, kind, where.oid))
		return false;
	BackgroundWorkerHandle *handle = register_child(kind, where);
	if (handle == nullptr)
	{
		const locked_state state(LW_EXCLUSIVE);
		give_back(*state, kind, where.oid);
		return false;
	}
	children_.push_back({kind, where.oid, handle});
	return true;
}

// A process leaves its place a little before it is seen to have ended; by then
// the place may be kept for its successor.
void children::reap()
{
	for (std::size_t n = children_.size(); n-- > 0;)
	{
		const child ended = children_[n];
		if (!pg::has_stopped(ended.handle))
			continue;
		children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(n));
		pfree(ended.handle);
		const auto same = [&](const child &other) { return other.kind == ended.kind && other.database == ended.database; };
		if (std::none_of(children_.begin(), children_.end(), same))
			give_back(*locked_state(LW_EXCLUSIVE), ended.kind, ended.database);
	}
}

} // namespace worker
