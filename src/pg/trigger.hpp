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
	bool has_old_row() const;
	row old_row() const; // of an UPDATE
	Datum result() const;

private:
	TriggerData *data_;
};

// Refuses a call that is not by the trigger manager (39P01).
bool fired_by_insert(FunctionCallInfo fcinfo);
// Name of the table that fired a trigger of any kind.  Refuses a call that is
// not by the trigger manager (39P01).
std::string triggered_table(FunctionCallInfo fcinfo);

} // namespace pg
