// partition_table.hpp: a partitioned table as the relation cache describes it.
//
// Bounds are read from the server's own partition descriptor: never from
// names, never from deparsed text, and without opening a single partition.
#pragma once

#include <optional>
#include <vector>

#include "pg/resources.hpp"
#include "pg/value.hpp"

namespace pg {

enum class partition_strategy : char { range = 'r', list = 'l', hash = 'h' };

// One end of a range in its first key column.
struct range_bound {
	enum class kind { minvalue, value, maxvalue };
	kind at = kind::value;
	Datum datum = 0;
};

struct range_partition {
	Oid partition = InvalidOid;
	range_bound lower;
	range_bound upper;
};

struct hash_bound {
	int modulus;
	int remainder;
};

// How the (first) partition key looks.
struct partition_key {
	int columns;
	AttrNumber attribute; // 0: an expression
	Oid type;			  // base type where the column has a domain
	int32 typmod;
	Oid collation;
};

// Reads one open parent; valid as long as the parent stays open and locked.
// The bounds are read when they are first asked for, which after a change is
// work in proportion to the number of partitions.
class partition_table {
public:
	// Where include_pending is given, partitions whose concurrent detach has
	// not finished are still there.
	enum class pending { omit, include };

	explicit partition_table(Oid parent, LOCKMODE mode = AccessShareLock, pending treat = pending::include);

	Oid oid() const { return relation_.oid(); }
	const relation &rel() const { return relation_; }
	partition_strategy strategy() const;
	partition_key key() const;
	int count() const { return descriptor()->nparts; }
	Oid partition(int n) const { return descriptor()->oids[n]; } // in bound order, the default last
	bool leaf(int n) const { return descriptor()->is_leaf[n]; }
	Oid default_partition() const;
	bool has_pending() const { return descriptor()->detached_exist; }

	// Without the default.
	int bounded() const;

	// RANGE: in ascending order.
	range_partition range(int n) const;
	// RANGE: one partition by itself, without the others; nothing where it is
	// none of this parent's, is on its way out of it, or is the default.
	std::optional<range_partition> range_of(Oid partition) const;

	// LIST: partition that takes a value, or NULL; -1 for none.
	int list_partition_of(Datum value) const;
	int null_partition() const;
	bool equal(Datum a, Datum b) const;
	vector<Datum> list_values(int n) const;

	// HASH: modulus and remainder of a partition; and for each remainder of the
	// greatest modulus the partition that takes it, -1 for none.
	hash_bound hash(int n) const;
	vector<int> hash_slots() const;

private:
	PartitionDesc descriptor() const;

	relation relation_;
	pending treat_;
	mutable PartitionDesc descriptor_ = nullptr;
	// RANGE: where each upper bound stands.  Not in the memory context of whoever asks first.
	mutable std::vector<int> upper_;
};

// Is the relation a partition whose concurrent detach has begun and not ended?
bool detach_pending(Oid partition);
// Parent of a partition, pending ones included; InvalidOid for none.
Oid parent_of(Oid partition);

} // namespace pg
