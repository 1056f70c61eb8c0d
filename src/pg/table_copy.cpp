// table_copy.cpp: the server's COPY between one table and a file of ours.
#include "pg/table_copy.hpp"

#include "pg/compat.hpp"
#include "pg/files.hpp"
#include "pg/memory.hpp"

extern "C" {
#include "commands/copy.h"
#include "mb/pg_wchar.h"
#include "parser/parse_relation.h"
}

namespace pg {

namespace {

// Signature, flags and the length of an empty extension; and the trailer.
constexpr int64 binary_head = 11 + 4 + 4;
constexpr int64 binary_tail = 2;

// The callback that COPY reads through has no argument.
constinit file_reader *source = nullptr;

int read_source(void *buffer, int, int most)
{
	return source->read(buffer, most);
}

class reading {
public:
	explicit reading(const std::string &path) : reader_(path), before_(std::exchange(source, &reader_)) {}
	~reading() { source = before_; }
	reading(const reading &) = delete;
	reading &operator=(const reading &) = delete;

private:
	file_reader reader_;
	file_reader *before_;
};

List *column_list(const std::vector<std::string> &columns)
{
	List *names = NIL;
	for (const std::string &column : columns)
		names = call([&] { return lappend(names, makeString(pstrdup(column.c_str()))); });
	return names;
}

List *option_list(const copy_layout &layout)
{
	return call([&] {
		const bool csv = layout.format == copy_format::csv;
		List *options = list_make2(makeDefElem(pstrdup("format"), reinterpret_cast<Node *>(makeString(pstrdup(csv ? "csv" : "binary"))), -1),
								   makeDefElem(pstrdup("encoding"), reinterpret_cast<Node *>(makeString(pstrdup(GetDatabaseEncodingName()))), -1));
		if (csv)
			options = lappend(options, makeDefElem(pstrdup("header"), reinterpret_cast<Node *>(makeString(pstrdup(layout.header ? "true" : "false"))), -1));
		return options;
	});
}

} // namespace

int64 head_of(const copy_layout &layout)
{
	return layout.format == copy_format::binary ? binary_head : 0;
}

int64 tail_of(const copy_layout &layout)
{
	return layout.format == copy_format::binary ? binary_tail : 0;
}

void copy_out(Oid oid, const copy_layout &layout, const std::string &path)
{
	const relation table(oid, AccessShareLock);
	List *const columns = column_list(layout.columns);
	List *const options = option_list(layout);
	call([&] {
		CopyToState state = begin_copy_to(make_parsestate(nullptr), table.get(), path.c_str(), columns, options);
		DoCopyTo(state);
		EndCopyTo(state);
	});
}

row_digest digest_of_file(Oid like, const copy_layout &layout, const std::string &path)
{
	const relation table(like, AccessShareLock);
	row_digester digester(table.get(), layout.columns);
	List *const columns = column_list(layout.columns);
	List *const options = option_list(layout);
	const reading file(path);
	call([&] {
		const int natts = RelationGetDescr(table.get())->natts;
		Datum *const values = static_cast<Datum *>(palloc(sizeof(Datum) * Max(natts, 1)));
		bool *const nulls = static_cast<bool *>(palloc(sizeof(bool) * Max(natts, 1)));
		CopyFromState state = BeginCopyFrom(make_parsestate(nullptr), table.get(), nullptr, nullptr, false, read_source, columns, options);
		EState *const executor = CreateExecutorState();
		ExprContext *const each = GetPerTupleExprContext(executor);
		MemoryContext const outside = MemoryContextSwitchTo(GetPerTupleMemoryContext(executor));
		while (NextCopyFrom(state, each, values, nulls))
		{
			CHECK_FOR_INTERRUPTS();
			digester.add(values, nulls);
			ResetPerTupleExprContext(executor);
		}
		MemoryContextSwitchTo(outside);
		FreeExecutorState(executor);
		EndCopyFrom(state);
	});
	return digester.result();
}

void copy_in(Oid oid, const copy_layout &layout, const std::string &path)
{
	const relation table(oid, RowExclusiveLock, relation::on_close::keep_lock);
	List *const columns = column_list(layout.columns);
	List *const options = option_list(layout);
	const reading file(path);
	call([&] {
		ParseState *const parse = make_parsestate(nullptr);
		addRangeTableEntryForRelation(parse, table.get(), RowExclusiveLock, nullptr, false, false);
		CopyFromState state = BeginCopyFrom(parse, table.get(), nullptr, nullptr, false, read_source, columns, options);
		CopyFrom(state);
		EndCopyFrom(state);
		CommandCounterIncrement();
	});
}

} // namespace pg
