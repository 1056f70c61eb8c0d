// trigger.cpp: what a trigger function is told.
#include "pg/trigger.hpp"

namespace pg {

row_trigger::row_trigger(FunctionCallInfo fcinfo) : data_(reinterpret_cast<TriggerData *>(fcinfo->context))
{
	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(data_->tg_event) || !TRIGGER_FIRED_BEFORE(data_->tg_event))
		throw failure(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "function must be called as a BEFORE row trigger");
}

row row_trigger::new_row() const
{
	const bool update = TRIGGER_FIRED_BY_UPDATE(data_->tg_event);
	return row(update ? data_->tg_newtuple : data_->tg_trigtuple, RelationGetDescr(data_->tg_relation));
}

bool row_trigger::has_old_row() const
{
	return TRIGGER_FIRED_BY_UPDATE(data_->tg_event);
}

row row_trigger::old_row() const
{
	return row(data_->tg_trigtuple, RelationGetDescr(data_->tg_relation));
}

Datum row_trigger::result() const
{
	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(data_->tg_event) ? data_->tg_newtuple : data_->tg_trigtuple);
}

bool fired_by_insert(FunctionCallInfo fcinfo)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		throw failure(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "function must be called as a trigger");
	return TRIGGER_FIRED_BY_INSERT(reinterpret_cast<TriggerData *>(fcinfo->context)->tg_event);
}

std::string triggered_table(FunctionCallInfo fcinfo)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		throw failure(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "function must be called as a trigger");
	return qualified_name(RelationGetRelid(reinterpret_cast<TriggerData *>(fcinfo->context)->tg_relation));
}

} // namespace pg
