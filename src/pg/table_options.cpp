// table_options.cpp: storage options as the server reads them.
#include "pg/table_options.hpp"

#include "pg/value.hpp"

extern "C" {
#include "access/reloptions.h"
#include "nodes/makefuncs.h"
}

namespace pg {

// Names with "toast." go to the TOAST table's options, as in CREATE TABLE.
static void split_namespaces(List *options)
{
	constexpr const char *toast = "toast.";
	ListCell *cell;
	foreach (cell, options)
	{
		DefElem *option = lfirst_node(DefElem, cell);
		if (strncmp(option->defname, toast, strlen(toast)) != 0)
			continue;
		option->defnamespace = pstrdup("toast");
		option->defname += strlen(toast);
	}
}

void require_table_options(const std::string &array_text)
{
	const Datum array = input(TEXTARRAYOID, array_text.c_str());
	call([=] {
		List *options = untransformRelOptions(array);
		split_namespaces(options);
		const char *namespaces[] = HEAP_RELOPT_NAMESPACES;
		const Datum main = transformRelOptions(0, options, nullptr, const_cast<char **>(namespaces), false, false);
		heap_reloptions(RELKIND_RELATION, main, true);
		const Datum toast = transformRelOptions(0, options, "toast", const_cast<char **>(namespaces), false, false);
		heap_reloptions(RELKIND_TOASTVALUE, toast, true);
	});
}

} // namespace pg
