// directory.cpp: the keys of a directory asked for last.
#include <algorithm>
#include <bit>
#include <memory>

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/unordered_set.hpp>

#include "pg/lasting.hpp"
#include "shard/directory.hpp"

namespace shard {

namespace intrusive = boost::intrusive;

using unlinked = intrusive::link_mode<intrusive::normal_link>;

// A key, its entry and their bytes in one piece of memory.
struct directory::kept : intrusive::list_base_hook<unlinked>, intrusive::unordered_set_base_hook<unlinked, intrusive::store_hash<true>> {
	key k;
	entry found;

	friend bool operator==(const kept &a, const kept &b) { return a.k == b.k; }
	friend std::size_t hash_value(const kept &item) { return native_hash(item.k); }
};

struct directory::table {
	using buckets = intrusive::unordered_set<kept, intrusive::power_2_buckets<true>, intrusive::constant_time_size<false>>;
	using ages = intrusive::list<kept, intrusive::constant_time_size<false>>;

	table(buckets::bucket_type *array, std::size_t count) : by_key(buckets::bucket_traits(array, count)) {}

	buckets by_key;
	ages by_age; // the one asked for last is first
};

directory *directory::make(MemoryContext parent, Size budget)
{
	const pg::memory_switch inside(parent);
	MemoryContext const own = pg::draft_context("shard directory");
	return new (pg::allocate(parent, sizeof(directory))) directory(own, budget);
}

// With no keys kept.
void directory::start_over()
{
	MemoryContextReset(context_);
	using bucket = table::buckets::bucket_type;
	constexpr Size usual_size = 160; // of a kept key
	const std::size_t count = std::bit_ceil(budget_ / usual_size);
	bucket *array = static_cast<bucket *>(pg::allocate(context_, count * sizeof(bucket)));
	std::uninitialized_default_construct_n(array, count);
	table_ = new (pg::allocate(context_, sizeof(table))) table(array, count);
	left_ = budget_ - count * sizeof(bucket);
}

const entry *directory::find(const key &k)
{
	const auto hash = [](const key &sought) -> std::size_t { return native_hash(sought); };
	const auto equal = [](const key &sought, const kept &item) { return sought == item.k; };
	const auto found = table_->by_key.find(k, hash, equal);
	if (found == table_->by_key.end())
		return nullptr;
	table_->by_age.splice(table_->by_age.begin(), table_->by_age, table_->by_age.iterator_to(*found));
	return &found->found;
}

void directory::remember(const key &k, const entry &found)
{
	const std::string_view parts[3] = {k.bytes, found.schema_name, found.dbname};
	const Size size = sizeof(kept) + parts[0].size() + parts[1].size() + parts[2].size();
	if (!make_room(size))
		return;
	char *memory = static_cast<char *>(pg::allocate(context_, size));
	kept *item = new (memory) kept;
	char *end = memory + sizeof(kept);
	const auto keep = [&end](std::string_view bytes) {
		const char *start = end;
		end = std::copy(bytes.begin(), bytes.end(), end);
		return std::string_view(start, bytes.size());
	};
	item->k = {k.numeric, k.number, keep(parts[0])};
	item->found = {found.owner, found.epoch, keep(parts[1]), keep(parts[2])};
	left_ -= GetMemoryChunkSpace(item);
	table_->by_key.insert(*item);
	table_->by_age.push_front(*item);
}

// Counts a key at twice its size, which no allocator exceeds.  Memory of
// forgotten keys serves keys of about their size only; where the sizes have
// changed so much that it is more than the budget, all keys are forgotten.
bool directory::make_room(Size needed)
{
	if (pg::context_size(context_) > 2 * budget_)
		start_over();
	while (left_ < 2 * needed && !table_->by_age.empty())
		forget_oldest();
	return left_ >= 2 * needed;
}

void directory::forget_oldest()
{
	kept &oldest = table_->by_age.back();
	table_->by_key.erase(table_->by_key.iterator_to(oldest));
	table_->by_age.pop_back();
	left_ += GetMemoryChunkSpace(&oldest);
	pfree(&oldest);
}

} // namespace shard
