// function.cpp: functions that users name in settings.
#include "pg/function.hpp"

#include "pg/compat.hpp"
#include "pg/identity.hpp"
#include "pg/value.hpp"

extern "C" {
#include "parser/parse_func.h"
}

namespace pg {

std::string require_function(const std::string &name, Oid argument, Oid result, Oid role)
{
	setting_scope settings;
	set_local("search_path", "pg_catalog, pg_temp");
	const Oid function = call([&] { return LookupFuncName(qualified_name_list(name.c_str()), 1, &argument, true); });
	const std::string signature = "(" + format_type(argument) + ")";
	const std::string wanted = "It takes one " + format_type(argument) + ", returns " + format_type(result) + ", and is named with its schema.";
	if (!OidIsValid(function))
		throw failure(ERRCODE_UNDEFINED_FUNCTION, "function " + name + signature + " does not exist", wanted);
	if (call([=] { return get_func_rettype(function) != result || get_func_retset(function) || get_func_prokind(function) != PROKIND_FUNCTION; }))
		throw failure(ERRCODE_UNDEFINED_FUNCTION, "function " + name + signature + " does not return " + format_type(result), wanted);
	call([&] {
		const AclResult allowed = function_aclcheck(function, role, ACL_EXECUTE);
		if (allowed != ACLCHECK_OK)
			aclcheck_error(allowed, OBJECT_FUNCTION, name.c_str());
	});
	return call([=] { return static_cast<const char *>(quote_qualified_identifier(get_namespace_name(get_func_namespace(function)), get_func_name(function))); });
}

} // namespace pg
