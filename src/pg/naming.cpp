// naming.cpp: what names are taken, and how long they may be.
#include "pg/naming.hpp"

#include "pg/identity.hpp"
#include "pg/resources.hpp"

extern "C" {
#include "catalog/partition.h"
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "utils/ruleutils.h"
}

namespace pg {

std::string relation_name(Oid relation)
{
	const char *name = call([=] { return static_cast<const char *>(get_rel_name(relation)); });
	if (name == nullptr)
		throw failure(ERRCODE_UNDEFINED_TABLE, "relation with OID " + std::to_string(relation) + " does not exist");
	return name;
}

std::string partition_key_text(Oid parent)
{
	return call([=] { return static_cast<const char *>(pg_get_partkeydef_columns(parent, false)); });
}

std::string bound_clause_of(Oid partition)
{
	setting_scope settings;
	set_local("DateStyle", "ISO, YMD");
	set_local("TimeZone", "UTC");
	const char *clause = call([=]() -> const char * {
		HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(partition));
		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for relation %u", partition);
		bool isnull;
		const Datum bound = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_relpartbound, &isnull);
		const char *written = isnull ? nullptr : TextDatumGetCString(DirectFunctionCall2(pg_get_expr, bound, ObjectIdGetDatum(partition)));
		ReleaseSysCache(tuple);
		return written;
	});
	return clause != nullptr ? clause : "";
}

bool is_partitioned(Oid relation)
{
	return call(get_rel_relkind, relation) == RELKIND_PARTITIONED_TABLE;
}

vector<Oid> table_and_below(Oid table)
{
	List *tables = call([=] { return find_all_inheritors(table, NoLock, nullptr); });
	vector<Oid> found;
	for (int n = 0; n < list_length(tables); ++n)
		found.push_back(list_nth_oid(tables, n));
	return found;
}

Oid schema_of(Oid relation)
{
	return call(get_rel_namespace, relation);
}

std::string schema_name(Oid schema)
{
	const char *name = call([=] { return static_cast<const char *>(get_namespace_name(schema)); });
	if (name == nullptr)
		throw failure(ERRCODE_UNDEFINED_SCHEMA, "schema with OID " + std::to_string(schema) + " does not exist");
	return name;
}

Oid schema_named(const std::string &name)
{
	return call([&] { return get_namespace_oid(name.c_str(), true); });
}

Oid schema_oid_of(const std::string &schema)
{
	return call([&] { return get_namespace_oid(schema.c_str(), false); });
}

Oid relation_named(Oid schema, const std::string &name)
{
	return call([&] { return get_relname_relid(name.c_str(), schema); });
}

std::vector<Oid> indexes_of(Oid table)
{
	const relation open(table, AccessShareLock);
	const List *list = call([&] { return RelationGetIndexList(open.get()); });
	std::vector<Oid> indexes;
	for (int n = 0; n < list_length(list); ++n)
		indexes.push_back(list_nth_oid(list, n));
	return indexes;
}

Oid index_copy(Oid partition, Oid parent_index)
{
	return call([=] {
		Relation table = open_relation(partition, AccessShareLock);
		const Oid index = index_get_partition(table, parent_index);
		relation_close(table, AccessShareLock);
		return index;
	});
}

bool is_foreign_table(Oid relation)
{
	return call([=] { return get_rel_relkind(relation) == RELKIND_FOREIGN_TABLE; });
}

bool name_taken(Oid schema, const std::string &name)
{
	return call([&] {
		return OidIsValid(get_relname_relid(name.c_str(), schema)) ||
			   SearchSysCacheExists2(TYPENAMENSP, CStringGetDatum(name.c_str()), ObjectIdGetDatum(schema));
	});
}

std::string clipped(const std::string &text, std::size_t bytes)
{
	const int kept = call([&] { return pg_mbcliplen(text.c_str(), static_cast<int>(text.size()), static_cast<int>(bytes)); });
	return text.substr(0, kept);
}

std::string hash_hex(const std::string &text)
{
	const uint32 hash = hash_bytes(reinterpret_cast<const unsigned char *>(text.data()), static_cast<int>(text.size()));
	constexpr const char *digits = "0123456789abcdef";
	std::string hex(8, '0');
	for (int n = 0; n < 8; ++n)
		hex[n] = digits[(hash >> (28 - 4 * n)) & 15];
	return hex;
}

} // namespace pg
