// event_trigger.cpp: reading the command behind an event trigger.
#include "pg/event_trigger.hpp"

extern "C" {
#include "commands/event_trigger.h"
#include "nodes/parsenodes.h"
#include "utils/fmgroids.h"
}

namespace pg {

namespace {

const Node *command_of(FunctionCallInfo fcinfo)
{
	return reinterpret_cast<const EventTriggerData *>(fcinfo->context)->parsetree;
}

// InvalidOid where it is gone already.
Oid relation_named(const RangeVar *name)
{
	return call([=] { return RangeVarGetRelid(name, NoLock, true); });
}

std::optional<partition_change::kind> kind_of(AlterTableType subtype)
{
	switch (subtype)
	{
	case AT_AttachPartition:
		return partition_change::kind::attached;
	case AT_DetachPartition:
	case AT_DetachPartitionFinalize:
		return partition_change::kind::detached;
	default:
		return std::nullopt;
	}
}

void add_change(std::vector<partition_change> &changes, partition_change::kind what, const RangeVar *parent,
				const RangeVar *partition)
{
	const partition_change change{what, relation_named(parent), relation_named(partition)};
	if (OidIsValid(change.parent) && OidIsValid(change.partition))
		changes.push_back(change);
}

} // namespace

void require_event_trigger(FunctionCallInfo fcinfo)
{
	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		throw failure(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED, "function was not called by event trigger manager");
}

std::vector<partition_change> partition_changes(FunctionCallInfo fcinfo)
{
	std::vector<partition_change> changes;
	const Node *node = command_of(fcinfo);
	if (IsA(node, CreateStmt))
	{
		const auto *create = reinterpret_cast<const CreateStmt *>(node);
		if (create->partbound != nullptr)
			add_change(changes, partition_change::kind::created, linitial_node(RangeVar, create->inhRelations), create->relation);
	}
	else if (IsA(node, AlterTableStmt))
	{
		const auto *alter = reinterpret_cast<const AlterTableStmt *>(node);
		for (int i = 0; i < list_length(alter->cmds) && alter->objtype != OBJECT_INDEX; ++i)
		{
			const auto *step = list_nth_node(AlterTableCmd, alter->cmds, i);
			if (const auto what = kind_of(step->subtype))
				add_change(changes, *what, alter->relation, reinterpret_cast<const PartitionCmd *>(step->def)->name);
		}
	}
	return changes;
}

std::optional<column_rename> renamed_column(FunctionCallInfo fcinfo)
{
	const Node *node = command_of(fcinfo);
	if (!IsA(node, RenameStmt))
		return std::nullopt;
	const auto *rename = reinterpret_cast<const RenameStmt *>(node);
	if (rename->renameType != OBJECT_COLUMN)
		return std::nullopt;
	const Oid table = relation_named(rename->relation);
	if (!OidIsValid(table))
		return std::nullopt;
	return column_rename{table, rename->subname, rename->newname};
}

bool drops_column_alone(FunctionCallInfo fcinfo, const std::string &column)
{
	const Node *node = command_of(fcinfo);
	if (!IsA(node, AlterTableStmt))
		return false;
	const auto *alter = reinterpret_cast<const AlterTableStmt *>(node);
	for (int i = 0; i < list_length(alter->cmds); ++i)
	{
		const auto *step = list_nth_node(AlterTableCmd, alter->cmds, i);
		if (step->subtype == AT_DropColumn && column == step->name && step->behavior == DROP_RESTRICT)
			return true;
	}
	return false;
}

Oid rewritten_table()
{
	return call([] { return DatumGetObjectId(OidFunctionCall0(F_PG_EVENT_TRIGGER_TABLE_REWRITE_OID)); });
}

} // namespace pg
