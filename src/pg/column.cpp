// column.cpp: columns of a table by name.
#include "pg/column.hpp"

#include "pg/compat.hpp"
#include "pg/resources.hpp"

namespace pg {

std::optional<column_info> find_column(Relation table, const std::string &name)
{
	const TupleDesc description = RelationGetDescr(table);
	for (int i = 0; i < description->natts; ++i)
	{
		const FormData_pg_attribute *attribute = TupleDescAttr(description, i);
		if (!attribute->attisdropped && name == NameStr(attribute->attname))
			return column_info{attribute->attnum, attribute->atttypid, attribute->attbyval, attribute->attlen,
							   is_virtual_generated(attribute)};
	}
	return std::nullopt;
}

std::string column_list(Relation table)
{
	const TupleDesc description = RelationGetDescr(table);
	std::string list;
	for (int i = 0; i < description->natts; ++i)
		if (const FormData_pg_attribute *attribute = TupleDescAttr(description, i); !attribute->attisdropped)
			list += (list.empty() ? "\"" : ", \"") + std::string(NameStr(attribute->attname)) + "\"";
	return list;
}

std::vector<std::string> primary_key(Relation table)
{
	const Oid index_oid = call([=] {
		RelationGetIndexList(table); // fills in rd_pkindex
		return table->rd_pkindex;
	});
	std::vector<std::string> columns;
	if (!OidIsValid(index_oid))
		return columns;
	const relation index(index_oid, AccessShareLock);
	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index.get()); ++i)
	{
		const AttrNumber number = index->rd_index->indkey.values[i];
		columns.emplace_back(NameStr(TupleDescAttr(RelationGetDescr(table), number - 1)->attname));
	}
	return columns;
}

} // namespace pg
