// trigger.hpp: what a trigger function is told.
#pragma once

#include "pg/spi.hpp"

namespace pg {

// A BEFORE row trigger's view of its row.
class row_trigger {
public:
	// Refuses a call that is not by the trigger manager (39P01).
	explicit row_trigger(FunctionCallInfo fcinfo);

	row new_row() const;
	Datum result() const;

private:
	TriggerData *data_;
};

// Refuses a call that is not by the trigger manager (39P01).
bool fired_by_insert(FunctionCallInfo fcinfo);

} // namespace pg
