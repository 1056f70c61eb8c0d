// hierarchy.cpp: partitions above and below a table.
#include "pg/hierarchy.hpp"

#include "pg/resources.hpp"

extern "C" {
#include "catalog/partition.h"
#include "storage/bufmgr.h"
}

namespace pg {

namespace {

vector<Oid> oids_of(const List *list)
{
	vector<Oid> oids;
	for (int i = 0; i < list_length(list); ++i)
		oids.push_back(list_nth_oid(list, i));
	return oids;
}

} // namespace

char relation_kind(Oid relation) { return call(get_rel_relkind, relation); }

bool may_have_triggers(Oid relation)
{
	return call([=] {
		HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
		if (!HeapTupleIsValid(tuple))
			return false;
		const bool has = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relhastriggers;
		ReleaseSysCache(tuple);
		return has;
	});
}

vector<Oid> partition_ancestors(Oid relation)
{
	return oids_of(call([=]() -> List * {
		return get_rel_relispartition(relation) ? get_partition_ancestors(relation) : NIL;
	}));
}

vector<Oid> inheritance_tree(Oid relation, LOCKMODE mode)
{
	return oids_of(call([=] { return find_all_inheritors(relation, mode, nullptr); }));
}

bool tree_has_rows(Oid relation)
{
	for (const Oid oid : inheritance_tree(relation, AccessShareLock))
	{
		const pg::relation table(oid, NoLock);
		const char kind = table.form()->relkind;
		if (kind == RELKIND_FOREIGN_TABLE)
			return true;
		if (kind == RELKIND_RELATION && call([&] { return RelationGetNumberOfBlocks(table.get()); }) > 0)
			return true;
	}
	return false;
}

int64 tree_pages(Oid relation)
{
	int64 pages = 0;
	for (const Oid oid : inheritance_tree(relation, AccessShareLock))
	{
		const pg::relation table(oid, NoLock);
		if (table.form()->relkind == RELKIND_RELATION)
			pages += call([&] { return RelationGetNumberOfBlocks(table.get()); });
	}
	return pages;
}

} // namespace pg
