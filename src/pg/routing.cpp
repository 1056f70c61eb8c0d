// routing.cpp: the partition that the server would send a row to.
//
// The server's own routing (execPartition.c) is private to its executor; the
// searches that it is made of are not.  Everything here runs inside one
// pg::call, so it is written as the server writes: no object has a destructor.
#include "pg/routing.hpp"

#include "pg/resources.hpp"

extern "C" {
#include "executor/executor.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
}

namespace pg {

namespace {

// How one argument becomes a value of one key column.
struct coercion {
	Oid target;
	int32 typmod;
	bool from_literal; // an untyped literal: the type's input function
	FmgrInfo input;
	Oid io_parameter;
	ExprState *expression; // null: as it is
};

struct call_site {
	int arguments;
	ExprContext *context;
	coercion coercions[FLEXIBLE_ARRAY_MEMBER];
};

call_site *site_of(FunctionCallInfo fcinfo)
{
	auto *site = static_cast<call_site *>(fcinfo->flinfo->fn_extra);
	if (site != nullptr)
		return site;
	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("key values must be given one by one"),
				errhint("Write them out instead of passing a VARIADIC array."));
	const MemoryContext previous = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	site = static_cast<call_site *>(palloc0(offsetof(call_site, coercions) + fcinfo->nargs * sizeof(coercion)));
	site->arguments = fcinfo->nargs;
	site->context = CreateStandaloneExprContext();
	MemoryContextSwitchTo(previous);
	fcinfo->flinfo->fn_extra = site;
	return site;
}

void prepare(FunctionCallInfo fcinfo, coercion *how, int argument, Oid target, int32 typmod)
{
	const Oid given = get_fn_expr_argtype(fcinfo->flinfo, argument);
	const MemoryContext previous = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	how->expression = nullptr;
	how->from_literal = given == UNKNOWNOID;
	if (how->from_literal)
	{
		Oid function;
		getTypeInputInfo(target, &function, &how->io_parameter);
		fmgr_info(function, &how->input);
	}
	else if (given != target || typmod >= 0)
	{
		CaseTestExpr *value = makeNode(CaseTestExpr);
		value->typeId = given;
		value->typeMod = -1;
		value->collation = get_typcollation(given);
		Node *coerced = coerce_to_target_type(nullptr, reinterpret_cast<Node *>(value), given, target, typmod, COERCION_ASSIGNMENT,
											  COERCE_IMPLICIT_CAST, -1);
		if (coerced == nullptr)
			ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("partition key is of type %s but the value is of type %s", format_type_be(target), format_type_be(given)),
					errhint("Cast the value to %s.", format_type_be(target)));
		how->expression = ExecInitExpr(expression_planner(reinterpret_cast<Expr *>(coerced)), nullptr);
	}
	how->target = target;
	how->typmod = typmod;
	MemoryContextSwitchTo(previous);
}

Datum coerced(FunctionCallInfo fcinfo, call_site *site, int argument, Oid target, int32 typmod, bool *isnull)
{
	coercion *how = &site->coercions[argument];
	if (how->target != target || how->typmod != typmod)
		prepare(fcinfo, how, argument, target, typmod);
	*isnull = fcinfo->args[argument].isnull;
	if (*isnull)
		return 0;
	const Datum given = fcinfo->args[argument].value;
	if (how->from_literal)
		return InputFunctionCall(&how->input, DatumGetCString(given), how->io_parameter, typmod);
	if (how->expression == nullptr)
		return given;
	site->context->caseValue_datum = given;
	site->context->caseValue_isNull = false;
	return ExecEvalExprSwitchContext(how->expression, site->context, isnull);
}

int search(const PartitionKey key, const PartitionBoundInfo bounds, Datum *values, bool *nulls)
{
	bool equal = false;
	switch (key->strategy)
	{
	case PARTITION_STRATEGY_HASH:
		return bounds->indexes[compute_partition_hash_value(key->partnatts, key->partsupfunc, key->partcollation, values, nulls) % bounds->nindexes];
	case PARTITION_STRATEGY_LIST:
	{
		if (nulls[0])
			return bounds->null_index;
		const int at = partition_list_bsearch(key->partsupfunc, key->partcollation, bounds, values[0], &equal);
		return at >= 0 && equal ? bounds->indexes[at] : -1;
	}
	default:
		for (int n = 0; n < key->partnatts; ++n)
			if (nulls[n])
				return -1;
		return bounds->indexes[partition_range_datum_bsearch(key->partsupfunc, key->partcollation, bounds, key->partnatts, values, &equal) + 1];
	}
}

bool any_partitioned(const PartitionDesc descriptor)
{
	for (int n = 0; n < descriptor->nparts; ++n)
		if (!descriptor->is_leaf[n])
			return true;
	return false;
}

void refuse_argument_count(Relation table, int given, int wanted)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("wrong number of key values"),
			errdetail("%d given; the partition keys down to the partitions of \"%s\" have %d.", given, RelationGetRelationName(table), wanted),
			errhint("Give the key of the first level, then of the second, and so on."));
}

// One level down: the partition, and whether it is a leaf.
Oid descend(FunctionCallInfo fcinfo, call_site *site, Oid parent, int *argument, bool *leaf, bool *has_levels)
{
	Relation table = open_relation(parent, AccessShareLock);
	if (table->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not partitioned", RelationGetRelationName(table)),
				errhint("Name the table whose partitions take the rows."));
	const PartitionKey key = RelationGetPartitionKey(table);
	if (*argument + key->partnatts > site->arguments)
		refuse_argument_count(table, site->arguments - 1, *argument + key->partnatts - 1);
	Datum values[PARTITION_MAX_KEYS];
	bool nulls[PARTITION_MAX_KEYS];
	for (int n = 0; n < key->partnatts; ++n)
		values[n] = coerced(fcinfo, site, *argument + n, key->parttypid[n], key->parttypmod[n], &nulls[n]);
	*argument += key->partnatts;

	const PartitionDesc descriptor = RelationGetPartitionDesc(table, true);
	int found = -1;
	if (descriptor->nparts > 0)
	{
		found = search(key, descriptor->boundinfo, values, nulls);
		if (found < 0)
			found = descriptor->boundinfo->default_index;
	}
	const Oid partition = found < 0 ? InvalidOid : descriptor->oids[found];
	*leaf = found < 0 || descriptor->is_leaf[found];
	*has_levels = *has_levels || (*leaf && *argument < site->arguments && any_partitioned(descriptor));
	if (*leaf && *argument < site->arguments && !*has_levels)
		refuse_argument_count(table, site->arguments - 1, *argument - 1);
	relation_close(table, AccessShareLock);
	return partition;
}

} // namespace

Oid route(FunctionCallInfo fcinfo)
{
	return call([=] {
		call_site *site = site_of(fcinfo);
		ResetExprContext(site->context);
		Oid table = DatumGetObjectId(fcinfo->args[0].value);
		int argument = 1;
		bool leaf = false;
		// Where some branches are deeper than others, keys may be left over.
		bool has_levels = false;
		do
		{
			CHECK_FOR_INTERRUPTS();
			table = descend(fcinfo, site, table, &argument, &leaf, &has_levels);
		} while (OidIsValid(table) && !leaf);
		return table;
	});
}

} // namespace pg
