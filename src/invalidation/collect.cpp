// collect.cpp: the trigger function of all watches.
//
// Runs once for every row of a bulk statement, so: no allocation, no look-up
// but the first time, and nothing at all once the whole table is reported.
#include "invalidation/pending.hpp"
#include "invalidation/settings.hpp"

namespace invalidation {

namespace {

// One version of the row.
struct row_image {
	const Datum *values = nullptr;
	const bool *nulls = nullptr;
};

row_image image_of(TupleTableSlot *slot, AttrNumber last_column)
{
	pg::deform(slot, last_column);
	return {slot->tts_values, slot->tts_isnull};
}

bool differ(const pg::vector<compared_column> &columns, const row_image &a, const row_image &b)
{
	for (const compared_column &column : columns)
	{
		const int n = column.number - 1;
		if (a.nulls[n] != b.nulls[n])
			return true;
		if (!a.nulls[n] && !pg::same_image(a.values[n], b.values[n], column.by_value, column.length))
			return true;
	}
	return false;
}

void add_keys(binding &b, pending::group g, const row_image &row, core::row_operation operation)
{
	core::bounded_text key;
	for (const key_recipe &recipe : b.recipes)
		switch (make_key(key, recipe, row.values, row.nulls, key_limit()))
		{
		case key_outcome::made:
			pending::add(g, key.view(), b.payload == core::payload_kind::row ? operation : core::row_operation::none);
			break;
		case key_outcome::too_long:
			pending::set_all(g, core::all_reason::longkey);
			break;
		case key_outcome::absent:
			break;
		}
}

bool whole_table_already(pending::group g)
{
	return pending::keys()->all(g) != core::all_reason::none;
}

// Both the keys that went and the keys that came; where none of them changed,
// once.
void collect_update(binding &b, const TriggerData &call)
{
	const row_image before = image_of(call.tg_trigslot, b.last_column);
	const row_image after = image_of(call.tg_newslot, b.last_column);
	const bool keys_differ = differ(b.key_columns, before, after);
	if (!keys_differ && !b.columns.empty() && !differ(b.columns, before, after))
		return;
	const pending::group g = pending::find_or_add(b);
	if (keys_differ)
		add_keys(b, g, before, core::row_operation::update);
	add_keys(b, g, after, core::row_operation::update);
}

void collect_row(binding &b, const TriggerData &call)
{
	const bool deleted = TRIGGER_FIRED_BY_DELETE(call.tg_event);
	const pending::group g = pending::find_or_add(b);
	add_keys(b, g, image_of(call.tg_trigslot, b.last_column),
			 deleted ? core::row_operation::remove : core::row_operation::insert);
}

void collect(binding &b, const TriggerData &call)
{
	const bool truncated = TRIGGER_FIRED_BY_TRUNCATE(call.tg_event);
	if (truncated || b.broken)
		pending::set_all(pending::find_or_add(b), truncated ? core::all_reason::truncate : core::all_reason::ddl);
	else if (TRIGGER_FIRED_BY_UPDATE(call.tg_event))
		collect_update(b, call);
	else
		collect_row(b, call);
}

const TriggerData &trigger_call(FunctionCallInfo fcinfo)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		throw pg::failure(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "mosaic.collect() is the trigger function of watches", "",
						  "Use mosaic.watch().");
	const auto &call = *reinterpret_cast<const TriggerData *>(fcinfo->context);
	const bool truncate = TRIGGER_FIRED_BY_TRUNCATE(call.tg_event);
	if (!TRIGGER_FIRED_AFTER(call.tg_event) || (!truncate && !TRIGGER_FIRED_FOR_ROW(call.tg_event)))
		throw pg::failure(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "mosaic.collect() must be fired after, and for each row", "",
						  "Use mosaic.watch(), which makes the triggers.");
	return call;
}

} // namespace

} // namespace invalidation

using namespace invalidation;

PG_FUNCTION(mosaic_collect)
{
	const TriggerData &call = trigger_call(fcinfo);
	if (settings::enabled)
	{
		binding &b = binding_for(fcinfo, call);
		if (pending::keys() == nullptr || !whole_table_already(pending::find_or_add(b)))
			collect(b, call);
		pending::added();
	}
	return Datum(0);
}
