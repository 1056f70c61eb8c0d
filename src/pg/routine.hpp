// routine.hpp: what a SQL function can learn about its own arguments.
#pragma once

#include "pg/value.hpp"

extern "C" {
#include "catalog/pg_collation.h"
}

namespace pg {

// Type of argument n as the function is declared.
inline Oid declared_type(FunctionCallInfo fcinfo, int n)
{
	const Oid function = fcinfo->flinfo->fn_oid;
	return call([=] {
		Oid *types;
		int count;
		get_func_signature(function, &types, &count);
		return n < count ? types[n] : InvalidOid;
	});
}

// Type of argument n as it was given, which an argument of a polymorphic or
// "any" type needs.  InvalidOid where the caller does not say.
inline Oid given_type(FunctionCallInfo fcinfo, int n)
{
	FmgrInfo *function = fcinfo->flinfo;
	return call([=] { return get_fn_expr_argtype(function, n); });
}

// Is argument n the same in all calls from this place?  Only a constant is:
// PL/pgSQL changes parameters under a place that it keeps.
inline bool is_constant_argument(FunctionCallInfo fcinfo, int n)
{
	const Node *call_node = fcinfo->flinfo->fn_expr;
	if (call_node == nullptr || !IsA(call_node, FuncExpr))
		return false;
	const List *given = reinterpret_cast<const FuncExpr *>(call_node)->args;
	return n < list_length(given) && IsA(list_nth(given, n), Const);
}

// Equal keys must be equal bytes, which they are not under a
// nondeterministic collation.
inline void require_deterministic_collation(FunctionCallInfo fcinfo)
{
	const Oid collation = PG_GET_COLLATION();
	if (!OidIsValid(collation) || call(get_collation_isdeterministic, collation))
		return;
	throw failure(ERRCODE_FEATURE_NOT_SUPPORTED, "nondeterministic collations are not supported for shard keys",
				  "Equal keys could be of different bytes and go to different shards.", "Write the key as key COLLATE \"C\".");
}

} // namespace pg
