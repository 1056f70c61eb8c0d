// partition_table.cpp: a partitioned table as the relation cache describes it.
#include "pg/partition_table.hpp"

#include "pg/identity.hpp"
#include "pg/value.hpp"

extern "C" {
#include "catalog/partition.h"
}

namespace pg {

// Reading the key the first time evaluates what is constant in its
// expressions: the owner's functions.
static void read_key(const relation &table)
{
	if (table->rd_partkey != nullptr)
		return;
	const acting_as owner(table.form()->relowner);
	call(RelationGetPartitionKey, table.get());
}

// Where the server has to read the bounds again it leaves what it parsed in
// the current memory context: kilobytes a partition, in a session that makes
// thousands of them one by one.
static PartitionDesc read_descriptor(Relation table, bool omit_pending)
{
	const memory_scope parsed("pg_mosaic partition bounds");
	return call([=] { return RelationGetPartitionDesc(table, omit_pending); });
}

// A set that came by replication or from a dump may name a table that is none
// here, and the server's functions look at the key without asking.
static void require_key(const relation &table)
{
	if (table.form()->relkind == RELKIND_PARTITIONED_TABLE)
		return;
	throw failure(ERRCODE_WRONG_OBJECT_TYPE, "\"" + qualified_name(table.oid()) + "\" is not a partitioned table",
				  "Only a table made with PARTITION BY can have partitions.", "SELECT mosaic.drop_parent(parent) forgets the set.");
}

partition_table::partition_table(Oid parent, LOCKMODE mode, pending treat)
	: relation_(parent, mode, relation::on_close::keep_lock), treat_(treat)
{
	require_key(relation_);
	read_key(relation_);
}

PartitionDesc partition_table::descriptor() const
{
	if (descriptor_ != nullptr)
		return descriptor_;
	descriptor_ = read_descriptor(relation_.get(), treat_ == pending::omit);
	if (strategy() != partition_strategy::range || descriptor_->boundinfo == nullptr)
		return descriptor_;
	// The server keeps the distinct bounds in order; indexes[i] is the
	// partition that ends at bound i, -1 for a gap.  Partitions are numbered in
	// bound order, so the upper bounds come out in order too.
	const PartitionBoundInfo bounds = descriptor_->boundinfo;
	upper_.reserve(descriptor_->nparts);
	for (int n = 0; n < bounds->nindexes; ++n)
		if (bounds->indexes[n] >= 0)
			upper_.push_back(n);
	return descriptor_;
}

partition_strategy partition_table::strategy() const
{
	return static_cast<partition_strategy>(call(RelationGetPartitionKey, relation_.get())->strategy);
}

partition_key partition_table::key() const
{
	const PartitionKey key = call(RelationGetPartitionKey, relation_.get());
	int32 typmod = key->parttypmod[0];
	const Oid type = call([&] { return getBaseTypeAndTypmod(key->parttypid[0], &typmod); });
	return {key->partnatts, key->partattrs[0], type, typmod, key->partcollation[0]};
}

Oid partition_table::default_partition() const
{
	return call(get_default_partition_oid, oid());
}

int partition_table::bounded() const
{
	return descriptor()->nparts - (OidIsValid(default_partition()) ? 1 : 0);
}

static range_bound bound_at(const PartitionBoundInfo bounds, int n)
{
	const Datum datum = bounds->datums[n][0];
	switch (bounds->kind[n][0])
	{
	case PARTITION_RANGE_DATUM_MINVALUE:
		return {range_bound::kind::minvalue, 0};
	case PARTITION_RANGE_DATUM_MAXVALUE:
		return {range_bound::kind::maxvalue, 0};
	default:
		return {range_bound::kind::value, datum};
	}
}

range_partition partition_table::range(int n) const
{
	const PartitionDesc all = descriptor();
	return {all->oids[n], bound_at(all->boundinfo, upper_[n] - 1), bound_at(all->boundinfo, upper_[n])};
}

static range_bound bound_in(const List *ends)
{
	const auto *first = linitial_node(PartitionRangeDatum, ends);
	switch (first->kind)
	{
	case PARTITION_RANGE_DATUM_MINVALUE:
		return {range_bound::kind::minvalue, 0};
	case PARTITION_RANGE_DATUM_MAXVALUE:
		return {range_bound::kind::maxvalue, 0};
	default:
		return {range_bound::kind::value, castNode(Const, first->value)->constvalue};
	}
}

std::optional<range_partition> partition_table::range_of(Oid partition) const
{
	if (parent_of(partition) != oid() || detach_pending(partition))
		return std::nullopt;
	return call([=]() -> std::optional<range_partition> {
		const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(partition));
		if (!HeapTupleIsValid(tuple))
			return std::nullopt;
		bool null;
		const Datum bound = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_relpartbound, &null);
		const auto *spec = null ? nullptr : castNode(PartitionBoundSpec, stringToNode(TextDatumGetCString(bound)));
		ReleaseSysCache(tuple);
		if (spec == nullptr || spec->is_default || spec->strategy != PARTITION_STRATEGY_RANGE)
			return std::nullopt;
		return range_partition{partition, bound_in(spec->lowerdatums), bound_in(spec->upperdatums)};
	});
}

int partition_table::list_partition_of(Datum value) const
{
	const PartitionBoundInfo bounds = descriptor()->boundinfo;
	if (bounds == nullptr)
		return -1;
	return call([&] {
		const PartitionKey key = RelationGetPartitionKey(relation_.get());
		bool equal = false;
		const int at = partition_list_bsearch(key->partsupfunc, key->partcollation, bounds, value, &equal);
		return at >= 0 && equal ? bounds->indexes[at] : -1;
	});
}

int partition_table::null_partition() const
{
	return descriptor()->boundinfo != nullptr ? descriptor()->boundinfo->null_index : -1;
}

bool partition_table::equal(Datum a, Datum b) const
{
	return call([&] {
		const PartitionKey key = RelationGetPartitionKey(relation_.get());
		return DatumGetInt32(FunctionCall2Coll(&key->partsupfunc[0], key->partcollation[0], a, b)) == 0;
	});
}

vector<Datum> partition_table::list_values(int n) const
{
	const PartitionBoundInfo bounds = descriptor()->boundinfo;
	vector<Datum> values;
	for (int at = 0; at < bounds->ndatums; ++at)
		if (bounds->indexes[at] == n)
			values.push_back(bounds->datums[at][0]);
	return values;
}

// Partitions are numbered in the order of their bounds, modulus first.
hash_bound partition_table::hash(int n) const
{
	const Datum *bound = descriptor()->boundinfo->datums[n];
	return {DatumGetInt32(bound[0]), DatumGetInt32(bound[1])};
}

vector<int> partition_table::hash_slots() const
{
	const PartitionBoundInfo bounds = descriptor()->boundinfo;
	vector<int> slots;
	if (bounds != nullptr)
		slots.assign(bounds->indexes, bounds->indexes + bounds->nindexes);
	return slots;
}

namespace {

struct attachment {
	Oid parent = InvalidOid;
	bool detach_pending = false;
};

// Read here, because get_partition_parent() takes it for a damaged catalog that
// somebody has detached or dropped what the caller still remembers as a partition.
attachment attachment_of(Oid partition)
{
	return call([=] {
		attachment found;
		Relation inherits = table_open(InheritsRelationId, AccessShareLock);
		ScanKeyData key;
		ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(partition));
		SysScanDesc scan = systable_beginscan(inherits, InheritsRelidSeqnoIndexId, true, nullptr, 1, &key);
		HeapTuple tuple = systable_getnext(scan);
		if (HeapTupleIsValid(tuple))
		{
			const auto *row = reinterpret_cast<Form_pg_inherits>(GETSTRUCT(tuple));
			found = {row->inhparent, row->inhdetachpending};
		}
		systable_endscan(scan);
		table_close(inherits, AccessShareLock);
		return found;
	});
}

} // namespace

bool detach_pending(Oid partition)
{
	return attachment_of(partition).detach_pending;
}

Oid parent_of(Oid partition)
{
	return call([=] { return get_rel_relispartition(partition); }) ? attachment_of(partition).parent : InvalidOid;
}

} // namespace pg
