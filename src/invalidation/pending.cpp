// pending.cpp: the pending set of a transaction, from its first change to the
// outbox row that is written before it commits or is prepared.
//
// It lives in TopTransactionContext, which the server frees; here only the
// pointer is dropped.  Nothing runs at the end of a transaction that changed
// nothing but the test of that pointer.
//
// Other extensions may write while a transaction commits.  The server tells of
// its end those last that asked first, so asking when the library is loaded
// lets the others go before; what comes even later is written out at once.
#include "invalidation/pending.hpp"

#include "invalidation/deliver.hpp"
#include "invalidation/outbox.hpp"
#include "invalidation/settings.hpp"

#include "pg/context_resource.hpp"
#include "pg/transaction_events.hpp"
#include "pg/wakeup.hpp"

namespace invalidation {

namespace {

struct pending_set {
	explicit pending_set(MemoryContext c)
		: context(c), resource(c), keys(&resource), targets(pg::allocator<target>(c))
	{
	}

	MemoryContext context;
	pg::context_resource resource;
	core::key_set keys;
	pg::vector<target> targets; // by group
};

constinit pending_set *current = nullptr;
constinit uint64 transaction_number = 1; // of those that collected something
constinit bool written = false;			 // PRE_COMMIT has passed

// The body of the next outbox row.
class outbox_body {
public:
	void add(core::change_record record)
	{
		std::size_t size = body_.size() + head(record);
		for (const core::changed_key &key : record.keys)
			size += around_a_key + key.key.size();
		if (size <= outbox::longest_body)
			core::append_record(body_, record);
		else
			add_in_parts(std::move(record));
	}
	void write()
	{
		if (!body_.empty() && outbox::insert(body_))
			pg::ask_on_commit(pg::errand::ticker);
		body_.clear();
	}

private:
	static constexpr std::size_t around_a_key = 8;
	static std::size_t head(const core::change_record &record)
	{
		return 32 + record.channel.size() + record.relation.size() + record.table.size();
	}

	// What does not fit into one row goes into several.
	void add_in_parts(core::change_record record)
	{
		const std::vector<core::changed_key> keys = std::exchange(record.keys, {});
		write();
		std::size_t size = head(record);
		for (const core::changed_key &key : keys)
		{
			size += around_a_key + key.key.size();
			if (size > outbox::longest_body)
			{
				core::append_record(body_, record);
				write();
				record.keys.clear();
				size = head(record) + around_a_key + key.key.size();
			}
			record.keys.push_back(key);
		}
		core::append_record(body_, record);
	}

	std::string body_;
};

// The keys of each group.
std::vector<std::vector<core::changed_key>> grouped_keys()
{
	std::vector<std::vector<core::changed_key>> keys(current->targets.size());
	if (keys.size() == 1)
		keys[0].reserve(current->keys.entries().size());
	for (const core::key_set::entry &entry : current->keys.entries())
		keys[entry.owner].push_back({current->keys.key(entry), entry.operation});
	return keys;
}

void write_records()
{
	outbox_body body;
	std::optional<coalesced> direct;
	std::vector<std::vector<core::changed_key>> keys = grouped_keys();
	for (std::size_t g = 0; g < keys.size(); ++g)
	{
		const target &t = current->targets[g];
		core::change_record record{t.watch_id, t.payload, current->keys.all(static_cast<pending::group>(g)), t.channel,
								   t.table_name, t.bare_name, {}};
		if (record.all == core::all_reason::none)
			record.keys = std::move(keys[g]);
		if (record.all == core::all_reason::none && record.keys.empty())
			continue;
		if (t.direct && !direct)
			direct.emplace();
		if (t.direct)
			direct->add(record);
		else
			body.add(std::move(record));
	}
	body.write();
	if (direct)
		notify_direct(*direct);
}

void forget() noexcept
{
	current = nullptr;
	++transaction_number;
}

void before_commit()
{
	written = true;
	if (current == nullptr)
		return;
	if (!current->keys.empty())
	{
		const pg::memory_switch scratch(current->context);
		write_records();
	}
	forget();
}

bool has_direct_changes()
{
	for (pending::group g = 0; current != nullptr && g < current->targets.size(); ++g)
		if (current->targets[g].direct && (current->keys.size(g) > 0 || current->keys.all(g) != core::all_reason::none))
			return true;
	return false;
}

// COMMIT PREPARED happens in another session, which knows nothing of ours.
void before_prepare()
{
	if (has_direct_changes())
		throw pg::failure(ERRCODE_FEATURE_NOT_SUPPORTED,
						  "cannot PREPARE a transaction that has changed a table watched in direct mode",
						  "Such a watch sends NOTIFY at commit.", "Watch the table with mode => 'outbox'.");
	before_commit();
}

void ended(bool) noexcept
{
	if (current != nullptr)
		forget();
	written = false;
	free_stale_bindings();
}

void subtransaction_released(int level) noexcept
{
	if (current != nullptr)
		current->keys.release_level(level);
}

void subtransaction_rolled_back(int level) noexcept
{
	if (current != nullptr)
		current->keys.roll_back_level(level);
}

constexpr pg::transaction_listener listener{before_commit, before_prepare, ended, subtransaction_released,
											subtransaction_rolled_back};

pending_set &set_of_transaction()
{
	if (current == nullptr)
	{
		current = new (pg::allocate(TopTransactionContext, sizeof(pending_set))) pending_set(TopTransactionContext);
	}
	return *current;
}

std::optional<pending::group> find(const pending_set &set, const target &t)
{
	for (std::size_t g = 0; g < set.targets.size(); ++g)
		if (set.targets[g].watch_id == t.watch_id && set.targets[g].channel == t.channel)
			return static_cast<pending::group>(g);
	return std::nullopt;
}

target kept(const target &t, MemoryContext context)
{
	target copy = t;
	copy.channel = keep(t.channel, context);
	copy.table_name = keep(t.table_name, context);
	copy.bare_name = keep(t.bare_name, context);
	return copy;
}

} // namespace

void start_collecting() { pg::listen_to_transactions(listener); }

bool is_direct(bool of_watch)
{
	const auto mode = static_cast<mode_override>(settings::mode);
	return mode == mode_override::none ? of_watch : mode == mode_override::direct;
}

target target_of(const binding &b)
{
	return {b.watch_id, b.payload, is_direct(b.direct), b.channel, b.table_name,
			b.payload == core::payload_kind::row ? b.bare_name : std::string_view(),
			static_cast<std::size_t>(b.max_keys.value_or(settings::max_keys))};
}

namespace pending {

group find_or_add(const target &t)
{
	pending_set &set = set_of_transaction();
	if (const auto known = find(set, t))
		return *known;
	set.targets.push_back(kept(t, set.context));
	return set.keys.add_group();
}

group find_or_add(binding &b)
{
	if (current == nullptr || b.transaction != transaction_number)
	{
		pending_set &set = set_of_transaction();
		const target t = target_of(b);
		const auto known = find(set, t);
		if (!known)
			set.targets.push_back(t); // bindings live as long
		b.group = known ? *known : set.keys.add_group();
		b.transaction = transaction_number;
	}
	return b.group;
}

// Without memory for a key there still is the whole table to name.
void add(group g, std::string_view key, core::row_operation operation)
{
	try
	{
		current->keys.add(g, key, operation, GetCurrentTransactionNestLevel(), current->targets[g].max_keys);
	}
	catch (const std::bad_alloc &)
	{
		current->keys.set_all_for_good(g);
	}
}

void set_all(group g, core::all_reason why)
{
	try
	{
		current->keys.set_all(g, why, GetCurrentTransactionNestLevel());
	}
	catch (const std::bad_alloc &)
	{
		current->keys.set_all_for_good(g);
	}
}

void added()
{
	if (written)
		before_commit();
}

const core::key_set *keys() { return current == nullptr ? nullptr : &current->keys; }

const target &target_of(group g) { return current->targets[g]; }

} // namespace pending

} // namespace invalidation
